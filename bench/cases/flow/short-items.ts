import { parallelMap } from '../../../src/index.ts';
import { runShort } from '../../tasks.ts';
import { byHand, callEach, callTyped, eachLibrary, loop, onMainThread, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const COUNT = 1_000_000;
const MICROSECONDS = 1;
const CHUNK = 50_000;

export const shortItems: TimedCase<readonly number[], number> = defineTimed({
  module: import.meta.url,
  name: 'short',
  group: 'flow',
  question: 'What is left of many items of 1 µs, when each has to reach a worker and come back?',
  parts: { tiny: 1 / 500, quick: 1 / 4, full: 1 },
  rounds: 3,
  makeInput: (turns, part) => {
    const typical = Math.round(turns * MICROSECONDS);
    return Array.from({ length: COUNT * part }, (_, at) => typical + (at % 16) - 8);
  },
  contenders: [
    loop((items) => {
      const results: number[] = [];
      for (const item of items) results.push(runShort(item));
      return results;
    }),
    byHand((items, threads) => threads.mapNumbers('runShort', items, 1000)),
    telar('telar', (items, pool) => parallelMap(items, runShort, { pool })),
    ...eachLibrary('chunks', callTyped('runShortChunk', CHUNK)),
    ...eachLibrary('items', callEach<number, number>('runShort'), { share: 1 / 20 }),
    ...onMainThread(runShort, 1 / 20),
  ],
  figures: (find) => [{ id: 'short.ratio', value: find('telar').ideal.median }],
});
