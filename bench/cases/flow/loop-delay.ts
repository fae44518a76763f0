import { monitorEventLoopDelay } from 'node:perf_hooks';
import { checkResults } from '../../harness/check-results.ts';
import { spreadOf } from '../../harness/statistics.ts';
import type { Answer, Case, Settings } from '../case.ts';
import { longItems } from './long-items.ts';

const ROUNDS = 3;
/** Half of the items of `long`: about a second, in which the loop should turn a thousand times. */
const PART = 1 / 2;
/** How often the delay is looked at, in ms. Node's histogram holds this interval and the delay together. */
const RESOLUTION = 1;

interface Delays {
  readonly half: number;
  readonly most: number;
  readonly worst: number;
}

export const loopDelay: Case = {
  name: 'loop',
  group: 'loop',
  question: 'How long has a request to wait for the main thread while all workers compute (items of 0.2 ms)?',
  measure,
};

async function measure({ rounds, turns }: Settings): Promise<Answer> {
  const comparison = longItems.open(turns, PART);
  const contenders = comparison.contenders.slice(1);
  const delays = new Map<string, Delays[]>(contenders.map(({ name }) => [name, []]));
  try {
    await checkResults(comparison);
    for (let round = 0; round < (rounds ?? ROUNDS); round++) {
      for (const { name, run } of contenders) {
        delays.get(name)?.push(await measureDelays(() => run(comparison.input)));
      }
    }
  } finally {
    await comparison.close();
  }
  const p99 = spreadOf((delays.get('telar') ?? []).map(({ most }) => most));
  return {
    head: ['contender', 'p50 ms', 'p99 ms', 'lowest – highest', 'worst ms'],
    rows: contenders.map(({ name }) => formatDelays(name, delays.get(name) ?? [])),
    notes: ['on a machine whose cores are all busy, the main thread waits for its turn, too'],
    figures: [{ id: 'loop.delay.p99', value: p99.median }],
  };
}

async function measureDelays(work: () => unknown): Promise<Delays> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  histogram.enable();
  await work();
  histogram.disable();
  const toMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
  return {
    half: toMs(histogram.percentile(50)),
    most: toMs(histogram.percentile(99)),
    worst: toMs(histogram.max),
  };
}

function formatDelays(name: string, delays: readonly Delays[]): readonly string[] {
  const most = spreadOf(delays.map((delay) => delay.most));
  return [
    name.replace(/ \(.*\)/, ''),
    spreadOf(delays.map(({ half }) => half)).median.toFixed(2),
    most.median.toFixed(2),
    `${most.low.toFixed(2)} – ${most.high.toFixed(2)}`,
    Math.max(...delays.map(({ worst }) => worst)).toFixed(1),
  ];
}
