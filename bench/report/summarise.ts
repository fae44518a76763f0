import { type Contender, countShare } from '../harness/contender.ts';
import { cores } from './machine.ts';
import { disturbanceOf, type Round } from '../harness/rounds.ts';
import { type Spread, spreadOf, spreadOfPairs } from '../harness/statistics.ts';
import { formatNumber } from './table.ts';

/** What the rounds say of one contender. */
export interface Summary {
  readonly name: string;
  readonly time: Spread;
  /** Time over the limit: the CPU time of the plain loop, spread over all cores. */
  readonly ratio: Spread;
  /** CPU time over that of the plain loop. */
  readonly work: Spread;
  /** Microseconds of CPU beyond the plain loop, per item. */
  readonly overhead: Spread;
}

type AnyContender = Pick<Contender<never, unknown>, 'name' | 'share'>;

/** Each round's ratios first, then their median: what slows a round slows both sides of a ratio. */
export function summarise(
  contenders: readonly AnyContender[],
  rounds: readonly Round[],
  items: ArrayLike<unknown>,
): readonly Summary[] {
  const loops = rounds.map((round) => round[0]?.cpu ?? Number.NaN);
  return contenders.map(({ name, share }, at) => {
    const count = countShare(items, share);
    const part = count / items.length;
    const times = rounds.map((round) => round[at]?.time ?? Number.NaN);
    const cpus = rounds.map((round) => round[at]?.cpu ?? Number.NaN);
    return {
      name,
      time: spreadOf(times.map((time) => time / part)),
      ratio: spreadOfPairs(times, loops, (time, loop) => time / ((loop * part) / cores)),
      work: spreadOfPairs(cpus, loops, (cpu, loop) => cpu / (loop * part)),
      overhead: spreadOfPairs(cpus, loops, (cpu, loop) => ((cpu - loop * part) * 1000) / count),
    };
  });
}

export const SUMMARY_HEAD: readonly string[] = [
  'contender',
  'ms',
  '× limit',
  'lowest – highest',
  'CPU × loop',
  'CPU overhead µs/item',
];

export function formatSummaries(summaries: readonly Summary[]): readonly (readonly string[])[] {
  return summaries.map(({ name, time, ratio, work, overhead }) => [
    name,
    time.median.toFixed(0),
    ratio.median.toFixed(3),
    `${ratio.low.toFixed(3)} – ${ratio.high.toFixed(3)}`,
    work.median.toFixed(3),
    formatNumber(overhead.median),
  ]);
}

/** How calm the machine was, in words. */
export function describeRounds(rounds: readonly Round[]): string {
  const worst = Math.max(...rounds.map(disturbanceOf));
  return `${rounds.length} rounds; other processes took up to ${(worst * 100).toFixed(0)} % of the machine in them`;
}
