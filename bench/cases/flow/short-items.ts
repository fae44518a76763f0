import { parallelMap, Pool } from '../../../src/index.ts';
import { openPiscina, runChunks, runEach, runTypedChunks } from '../../peers/piscina.ts';
import { runShort } from '../../tasks.ts';
import type { TimedCase } from '../case.ts';
import { defineTimed } from '../timed.ts';

const COUNT = 1_000_000;
const MICROSECONDS = 1;

export const shortItems: TimedCase<readonly number[], number> = defineTimed({
  name: 'short',
  group: 'flow',
  question: 'What is left of a million items of 1 µs, when each has to reach a worker and come back?',
  rounds: 3,
  open: (turns, part) => {
    const typical = Math.round(turns * MICROSECONDS);
    const input = Array.from({ length: COUNT * part }, (_, at) => typical + (at % 16) - 8);
    const pool = new Pool();
    const peer = openPiscina();
    return {
      input,
      contenders: [
        {
          name: 'plain loop',
          run: (items) => {
            const results: number[] = [];
            for (const item of items) results.push(runShort(item));
            return results;
          },
        },
        { name: 'telar', run: (items) => parallelMap(items, runShort, { pool }) },
        { name: 'piscina, chunks by hand', run: (items) => runChunks(peer, 'runShortChunk', items, 50_000) },
        {
          name: 'piscina, typed arrays by hand',
          run: (items) => runTypedChunks(peer, 'runShortTyped', items, 50_000),
        },
        {
          name: 'piscina, item by item (1/20)',
          share: 1 / 20,
          run: (items) => runEach(peer, 'runShort', items),
        },
      ],
      close: async () => {
        await Promise.all([pool.close(), peer.destroy()]);
      },
    };
  },
  figures: (find) => [{ id: 'short.ratio', value: find('telar').ratio.median }],
});
