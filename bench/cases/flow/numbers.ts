import { parallelMap, Pool } from '../../../src/index.ts';
import { openPiscina, runTypedChunks } from '../../peers/piscina.ts';
import { scale } from '../../tasks.ts';
import type { TimedCase } from '../case.ts';
import { defineTimed } from '../timed.ts';

const COUNT = 1_000_000;

export const numbers: TimedCase<readonly number[], number> = defineTimed({
  name: 'numbers',
  group: 'flow',
  question: 'How much CPU does it take to carry a number there and its result back?',
  rounds: 9,
  open: (_, part) => {
    const pool = new Pool();
    const peer = openPiscina();
    return {
      input: Array.from({ length: COUNT * part }, (_item, at) => at),
      contenders: [
        {
          name: 'plain loop',
          run: (items) => {
            const results: number[] = [];
            for (const item of items) results.push(scale(item));
            return results;
          },
        },
        { name: 'telar', run: (items) => parallelMap(items, scale, { pool }) },
        {
          name: 'piscina, typed arrays by hand',
          run: (items) => runTypedChunks(peer, 'scaleTyped', items, 50_000),
        },
      ],
      close: async () => {
        await Promise.all([pool.close(), peer.destroy()]);
      },
    };
  },
  figures: (find) => [{ id: 'numbers.overhead', value: find('telar').overhead.median }],
});
