import { parallelMap, Pool } from '../../../src/index.ts';
import { openPiscina, runChunks, runEach } from '../../peers/piscina.ts';
import { runLong } from '../../tasks.ts';
import type { TimedCase } from '../case.ts';
import { defineTimed } from '../timed.ts';

const COUNT = 20_000;
const MICROSECONDS = 200;

export const longItems: TimedCase<readonly number[], number> = defineTimed({
  name: 'long',
  group: 'flow',
  question: 'How near to the limit do 20,000 items of 0.2 ms come, with no option set?',
  rounds: 3,
  open: (turns, part) => {
    const pool = new Pool();
    const peer = openPiscina();
    return {
      input: makeLongItems(turns, COUNT * part),
      contenders: [
        {
          name: 'plain loop',
          run: (items) => {
            const results: number[] = [];
            for (const item of items) results.push(runLong(item));
            return results;
          },
        },
        { name: 'telar', run: (items) => parallelMap(items, runLong, { pool }) },
        { name: 'piscina, chunks by hand', run: (items) => runChunks(peer, 'runLongChunk', items, 200) },
        {
          name: 'piscina, item by item (1/4)',
          share: 1 / 4,
          run: (items) => runEach(peer, 'runLong', items),
        },
      ],
      close: async () => {
        await Promise.all([pool.close(), peer.destroy()]);
      },
    };
  },
  figures: (find) => [{ id: 'long.ratio', value: find('telar').ratio.median }],
});

export function makeLongItems(turns: number, count: number): readonly number[] {
  const typical = Math.round(turns * MICROSECONDS);
  return Array.from({ length: count }, (_, at) => typical + (at % 16) - 8);
}
