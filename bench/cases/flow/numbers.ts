import { parallelMap } from 'telar';
import { scale } from '../../tasks.ts';
import { byHand, callTyped, eachLibrary, loop, onMainThread, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const COUNT = 1_000_000;
const CHUNK = 50_000;

export const numbers: TimedCase<readonly number[], number> = defineTimed({
  module: import.meta.url,
  name: 'numbers',
  group: 'flow',
  question: 'How much CPU does it take to carry a number there and its result back?',
  parts: { tiny: 1 / 500, quick: 1, full: 1 },
  rounds: 5,
  makeInput: (_, part) => Array.from({ length: COUNT * part }, (_item, at) => at),
  contenders: [
    loop((items) => {
      const results: number[] = [];
      for (const item of items) results.push(scale(item));
      return results;
    }),
    byHand((items, threads) => threads.mapNumbers('scale', items, CHUNK)),
    telar('telar', (items, pool) => parallelMap(items, scale, { pool })),
    ...eachLibrary('chunks', callTyped('scaleChunk', CHUNK)),
    ...onMainThread(scale, 1 / 10),
  ],
  figures: (find) => [{ id: 'numbers.overhead', value: find('telar').overhead.median }],
});
