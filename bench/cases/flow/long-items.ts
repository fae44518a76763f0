import { parallelMap } from '../../../src/index.ts';
import { runLong } from '../../tasks.ts';
import { byHand, callEach, callTyped, eachLibrary, loop, onMainThread, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const COUNT = 20_000;
const MICROSECONDS = 200;
const CHUNK = 200;

export const longItems: TimedCase<readonly number[], number> = defineTimed({
  module: import.meta.url,
  name: 'long',
  group: 'flow',
  question: 'How near to the limit do items of 0.2 ms come, with no option set?',
  parts: { tiny: 1 / 500, quick: 1 / 5, full: 1 },
  rounds: 3,
  makeInput: (turns, part) => {
    const typical = Math.round(turns * MICROSECONDS);
    return Array.from({ length: COUNT * part }, (_, at) => typical + (at % 16) - 8);
  },
  contenders: [
    loop((items) => {
      const results: number[] = [];
      for (const item of items) results.push(runLong(item));
      return results;
    }),
    byHand((items, threads) => threads.mapNumbers('runLong', items, 10)),
    telar('telar', (items, pool) => parallelMap(items, runLong, { pool })),
    ...eachLibrary('chunks', callTyped('runLongChunk', CHUNK)),
    ...eachLibrary('items', callEach<number, number>('runLong')),
    ...onMainThread(runLong),
  ],
  figures: (find) => [
    { id: 'long.ratio', value: find('telar').ideal.median },
    { id: 'loop.delay.p99', value: find('telar').delay.median },
  ],
});
