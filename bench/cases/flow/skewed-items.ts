import { parallelMap, Pool } from '../../../src/index.ts';
import { cores } from '../../report/machine.ts';
import { createRandom } from '../../harness/random.ts';
import { openPiscina, runChunks, runEach } from '../../peers/piscina.ts';
import { runSkewed } from '../../tasks.ts';
import type { TimedCase } from '../case.ts';
import { defineTimed } from '../timed.ts';

const COUNT = 1000;
/** The mean of all but the long one. */
const MICROSECONDS = 1000;
/** Pareto's shape: the smaller, the heavier the tail. */
const SHAPE = 1.5;
/** The heaviest of the ordinary items, in means: one is meant to stand out, not two. */
const HEAVIEST = 20;
const SEED = 7;
/** Where the long item stands, and how long it is in sums of all others: on two cores it costs 1.22 × the limit. */
const LONG_AT = 0.9;
const LONG = 0.41;

export const skewedItems: TimedCase<readonly number[], number> = defineTimed({
  name: 'skewed',
  group: 'flow',
  question: 'What do 1,000 items of very different cost take, when one long item comes late?',
  rounds: 5,
  open: (turns, part) => {
    const pool = new Pool();
    const peer = openPiscina();
    const input = makeSkewedItems(turns, COUNT * part);
    const largestFirst = [...input.keys()].sort((a, b) => (input[b] as number) - (input[a] as number));
    return {
      input,
      contenders: [
        {
          name: 'plain loop',
          run: (items) => {
            const results: number[] = [];
            for (const item of items) results.push(runSkewed(item));
            return results;
          },
        },
        { name: 'telar', run: (items) => parallelMap(items, runSkewed, { pool }) },
        {
          name: 'telar, with cost',
          run: (items) => parallelMap(items, runSkewed, { pool, cost: (item) => item }),
        },
        { name: 'piscina, chunks by hand', run: (items) => runChunks(peer, 'runSkewedChunk', items, 5) },
        { name: 'piscina, item by item', run: (items) => runEach(peer, 'runSkewed', items) },
        {
          name: 'piscina, largest first by hand',
          run: async (items) => {
            const sorted = largestFirst.map((at) => items[at] as number);
            const done = await runEach<number, number>(peer, 'runSkewed', sorted);
            const results: number[] = [];
            largestFirst.forEach((at, place) => {
              results[at] = done[place] as number;
            });
            return results;
          },
        },
      ],
      close: async () => {
        await Promise.all([pool.close(), peer.destroy()]);
      },
    };
  },
  figures: (find) => [
    { id: 'skewed.ratio', value: find('telar').ratio.median },
    { id: 'skewed.cost.ratio', value: find('telar, with cost').ratio.median },
  ],
  notes: (turns) => {
    const floor = computeFloor(makeSkewedItems(turns, COUNT), cores);
    return [
      `a pool that takes the items in their order cannot do better than ${floor.toFixed(3)} × the limit here`,
    ];
  },
});

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
