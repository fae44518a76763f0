import { type Contender, countShare } from '../harness/contender.ts';
import { pickCalmest, type Round } from '../harness/rounds.ts';
import { median, type Spread, spreadOf, spreadOfPairs } from '../harness/statistics.ts';
import type { Sample } from '../harness/time-once.ts';
import { cores } from './machine.ts';
import type { Measured } from './measured.ts';
import { formatNumber } from './table.ts';

/** Summary of the rounds of one contender. */
export interface Summary extends Measured {
  readonly cpu: Spread;
  readonly work: Spread;
  readonly peak: Spread;
  readonly delay: Spread;
  /** Time over the ideal: the CPU time of the plain loop, spread over all cores. */
  readonly ideal: Spread;
  /** Microseconds of CPU beyond the plain loop, per item. */
  readonly overhead: Spread;
  /** The share of the machine that other processes took meanwhile. */
  readonly disturbance: number;
}

type AnyContender = Pick<Contender<never, unknown>, 'name' | 'role' | 'share'>;

/** Each round's ratios first, then their median: what slows a round slows both sides of a ratio. */
export function summarise(
  contenders: readonly AnyContender[],
  rounds: readonly Round[],
  items: number,
  wanted: number,
): readonly Summary[] {
  const limit = contenders.findIndex(({ role }) => role === 'limit');
  return contenders.map(({ name, role, share }, at) => {
    const count = countShare(items, share);
    const part = count / items;
    const own = pickCalmest(rounds, at, wanted);
    const pick = (who: number, what: keyof Sample): readonly number[] =>
      own.map((round) => round[who]?.[what] ?? Number.NaN);
    // CPU time is the same whatever others do, so the loop of the same round serves also when it was disturbed.
    const loops = pick(0, 'cpu').map((cpu) => cpu * part);
    const [times, cpus] = [pick(at, 'time'), pick(at, 'cpu')];
    const divide = (one: number, other: number): number => one / other;
    const limits = limit === -1 ? undefined : pick(limit, 'time').map((time) => time * part);
    return {
      name,
      role,
      time: spreadOf(times.map((time) => time / part)),
      ...(limits === undefined ? {} : { ratio: spreadOfPairs(times, limits, divide) }),
      ideal: spreadOfPairs(times, loops, (time, loop) => (time * cores) / loop),
      cpu: spreadOf(cpus.map((cpu) => cpu / part)),
      work: spreadOfPairs(cpus, loops, divide),
      overhead: spreadOfPairs(cpus, loops, (cpu, loop) => ((cpu - loop) * 1000) / count),
      delay: spreadOf(pick(at, 'delay')),
      peak: spreadOf(pick(at, 'peak').map((bytes) => bytes / 1e6)),
      disturbance: median(pick(at, 'disturbance')),
    };
  });
}

export const SUMMARY_HEAD: readonly string[] = [
  'contender',
  'ms',
  '× limit',
  'lowest – highest',
  '× ideal',
  'CPU × loop',
  'CPU overhead µs/item',
  'delay ms',
  'peak MB',
  'others',
];

export function formatSummaries(summaries: readonly Summary[]): readonly (readonly string[])[] {
  return summaries.map(({ name, time, ratio, ideal, work, overhead, delay, peak, disturbance }) => [
    name,
    formatNumber(time.median),
    ratio?.median.toFixed(2) ?? '',
    ratio === undefined ? '' : `${ratio.low.toFixed(2)} – ${ratio.high.toFixed(2)}`,
    ideal.median.toFixed(2),
    work.median.toFixed(2),
    formatNumber(overhead.median),
    formatNumber(delay.median),
    peak.median.toFixed(0),
    `${(disturbance * 100).toFixed(0)} %`,
  ]);
}

/** Says how many runs count, and how many it took to have them. */
export function describeRounds(rounds: readonly Round[], wanted: number, ofPeers: number): string {
  const repeated = rounds.length - wanted;
  const repeats = repeated > 0 ? `, after ${repeated} more because other processes were busy` : '';
  const peers = ofPeers === wanted ? '' : `, of peers ${ofPeers}`;
  return `medians of ${wanted} runs each${peers}${repeats}; others: the share of the machine that other processes took`;
}
