import { type Contender, countShare } from '../harness/contender.ts';
import { cores } from './machine.ts';
import { pickCalmest, type Round } from '../harness/rounds.ts';
import { median, type Spread, spreadOf, spreadOfPairs } from '../harness/statistics.ts';
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
  /** The share of the machine that other processes took meanwhile. */
  readonly disturbance: number;
}

type AnyContender = Pick<Contender<never, unknown>, 'name' | 'share'>;

/** Each round's ratios first, then their median: what slows a round slows both sides of a ratio. */
export function summarise(
  contenders: readonly AnyContender[],
  rounds: readonly Round[],
  items: ArrayLike<unknown>,
  wanted: number,
): readonly Summary[] {
  return contenders.map(({ name, share }, at) => {
    const count = countShare(items, share);
    const part = count / items.length;
    const own = pickCalmest(rounds, at, wanted);
    // CPU time is the same whatever others do, so the loop of the same round serves also when it was disturbed.
    const loops = own.map((round) => round[0]?.cpu ?? Number.NaN);
    const times = own.map((round) => round[at]?.time ?? Number.NaN);
    const cpus = own.map((round) => round[at]?.cpu ?? Number.NaN);
    return {
      name,
      time: spreadOf(times.map((time) => time / part)),
      ratio: spreadOfPairs(times, loops, (time, loop) => time / ((loop * part) / cores)),
      work: spreadOfPairs(cpus, loops, (cpu, loop) => cpu / (loop * part)),
      disturbance: median(own.map((round) => round[at]?.disturbance ?? 0)),
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
  'others',
];

export function formatSummaries(summaries: readonly Summary[]): readonly (readonly string[])[] {
  return summaries.map(({ name, time, ratio, work, overhead, disturbance }) => [
    name,
    time.median.toFixed(0),
    ratio.median.toFixed(3),
    `${ratio.low.toFixed(3)} – ${ratio.high.toFixed(3)}`,
    work.median.toFixed(3),
    formatNumber(overhead.median),
    `${(disturbance * 100).toFixed(0)} %`,
  ]);
}

/** How many runs count, and how many it took to have them. */
export function describeRounds(rounds: readonly Round[], wanted: number): string {
  const repeated = rounds.length - wanted;
  const repeats = repeated > 0 ? `, after ${repeated} more because other processes were busy` : '';
  return `medians of ${wanted} runs each${repeats}; others: the share of the machine that other processes took`;
}
