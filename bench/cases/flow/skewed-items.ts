import { parallelMap } from 'telar';
import { createRandom } from '../../harness/random.ts';
import { cores } from '../../report/machine.ts';
import { runSkewed } from '../../tasks.ts';
import { byHand, callEach, callTyped, eachLibrary, loop, onMainThread, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const COUNT = 1000;
/** The mean of all but the long one. */
const MICROSECONDS = 1000;
/** Pareto's shape: the smaller, the heavier the tail. */
const SHAPE = 1.5;
/** The heaviest of the ordinary items, in means: one is meant to stand out, not two. */
const HEAVIEST = 20;
const SEED = 7;
/** Place of the long item; its length, in sums of all others, makes it cost 1.22 × the limit on two cores. */
const LONG_AT = 0.9;
const LONG = 0.41;

/** A smaller chunk than that which takes least CPU, for the balance at the end. */
const CHUNK = 5;

export const skewedItems: TimedCase<readonly number[], number> = defineTimed({
  module: import.meta.url,
  name: 'skewed',
  group: 'flow',
  question: 'What do 1,000 items of very different cost take, when one long item comes late?',
  // The part makes the items shorter, not fewer: their balance is the question.
  parts: { tiny: 1 / 500, quick: 1 / 4, full: 1 },
  rounds: 3,
  makeInput: (turns, part) => makeSkewedItems(turns * part, COUNT),
  contenders: [
    loop((items) => {
      const results: number[] = [];
      for (const item of items) results.push(runSkewed(item));
      return results;
    }),
    byHand((items, threads) => threads.mapNumbers('runSkewed', items, 1)),
    telar('telar', (items, pool) => parallelMap(items, runSkewed, { pool })),
    telar('telar, with cost', (items, pool) => parallelMap(items, runSkewed, { pool, cost: (item) => item })),
    byHand((items, threads) => threads.mapNumbers('runSkewed', items, 1, sortLargestFirst(items)), {
      name: 'by hand, largest first',
    }),
    ...eachLibrary('chunks', callTyped('runSkewedChunk', CHUNK)),
    ...eachLibrary('items', callEach<number, number>('runSkewed')),
    ...onMainThread(runSkewed),
  ],
  figures: (find) => [
    { id: 'skewed.ratio', value: find('telar').ideal.median },
    { id: 'skewed.cost.ratio', value: find('telar, with cost').ideal.median },
  ],
  notes: (turns, part) => {
    const floor = computeFloor(makeSkewedItems(turns * part, COUNT), cores);
    return [
      `a pool that takes the items in their order cannot do better than ${floor.toFixed(3)} × the ideal here`,
    ];
  },
});

function sortLargestFirst(items: readonly number[]): readonly number[] {
  return [...items.keys()].sort((a, b) => (items[b] as number) - (items[a] as number));
}

export function makeSkewedItems(turns: number, count: number): readonly number[] {
  const random = createRandom(SEED);
  const costs = Array.from({ length: count }, () =>
    Math.min(HEAVIEST, ((1 - random()) ** (-1 / SHAPE) * (SHAPE - 1)) / SHAPE),
  );
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  costs[Math.floor(count * LONG_AT)] = total * LONG;
  return costs.map((cost) => Math.max(1, Math.round(cost * MICROSECONDS * turns)));
}

/** The time of an ideal pool that takes item by item in order, over the limit. */
export function computeFloor(costs: readonly number[], workers: number): number {
  const busyUntil = Array.from({ length: workers }, () => 0);
  for (const cost of costs) {
    const first = busyUntil.indexOf(Math.min(...busyUntil));
    busyUntil[first] = (busyUntil[first] as number) + cost;
  }
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  return Math.max(...busyUntil) / (total / workers);
}
