import { parallelMap, parallelMapIterable } from 'telar';
import type { Curve } from '../../report/measured.ts';
import { runGrowing } from '../../tasks.ts';
import { byHand, callTyped, eachLibrary, loop, telar } from '../contenders.ts';
import type { Answer, Settings } from '../case.ts';
import { runTimed, type TimedCase, type TimedPlan } from '../timed.ts';

const MICROSECONDS = 0.25;
const CHUNK = 50_000;
const COUNTS = {
  tiny: [100, 1000],
  quick: [1e4, 1e5, 1e6, 3e6],
  full: [1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7],
} as const;
const ROUNDS = { tiny: 1, quick: 2, full: 5 } as const;

const plan: TimedPlan<readonly number[], number> = {
  module: import.meta.url,
  name: 'growth',
  group: 'flow',
  question: 'What does an item of 0.25 µs cost, as the work grows from ten thousand to ten million of them?',
  // A part is here the number of items itself.
  parts: { tiny: 100, quick: 1e4, full: 1e4 },
  rounds: ROUNDS.quick,
  makeInput: (turns, count) => {
    const typical = Math.round(turns * MICROSECONDS);
    return Array.from({ length: count }, (_, at) => typical + (at % 16) - 8);
  },
  contenders: [
    loop((items) => {
      const results: number[] = [];
      for (const item of items) results.push(runGrowing(item));
      return results;
    }),
    byHand((items, threads) => threads.mapNumbers('runGrowing', items, 1000)),
    telar('telar', (items, pool) => parallelMap(items, runGrowing, { pool })),
    telar('telar, to a reader', async (items, pool) => {
      const results: number[] = [];
      for await (const result of parallelMapIterable(items, runGrowing, { pool })) results.push(result);
      return results;
    }),
    ...eachLibrary<readonly number[], number>('chunks', callTyped('runGrowingChunk', CHUNK)).slice(0, 1),
  ],
};

export const growth: TimedCase<readonly number[], number> = { ...plan, measure };

async function measure({ size, turns, rounds = ROUNDS[size] }: Settings): Promise<Answer> {
  const points = new Map<string, Curve['points'][number][]>();
  for (const count of COUNTS[size]) {
    const { summaries } = await runTimed(plan, {
      turns,
      part: count,
      count: rounds,
      patience: 1,
      isQuick: false,
    });
    for (const { name, time } of summaries) {
      const each = (ms: number): number => (ms * 1000) / count;
      const y = { ...time, median: each(time.median), low: each(time.low), high: each(time.high) };
      points.set(name, [...(points.get(name) ?? []), { x: count, y }]);
    }
  }
  const curves = plan.contenders.map(({ name, role }): Curve => {
    return { name, role, xUnit: 'items', yUnit: 'µs for each item', points: points.get(name) ?? [] };
  });
  return {
    head: ['items', ...curves.map(({ name }) => name)],
    rows: COUNTS[size].map((count, at) => [
      String(count),
      ...curves.map((curve) => curve.points[at]?.y.median.toFixed(3) ?? ''),
    ]),
    notes: [`µs for each item, medians of ${rounds} runs each; the pools have started`],
    figures: [],
    curves,
  };
}
