import { parallelMap, Pool } from '../../../src/index.ts';
import { openPiscina, runChunks } from '../../peers/piscina.ts';
import { book, type Booking, type Sale } from '../../tasks.ts';
import type { TimedCase } from '../case.ts';
import { defineTimed } from '../timed.ts';

const COUNT = 200_000;

export const objects: TimedCase<readonly Sale[], Booking> = defineTimed({
  name: 'objects',
  group: 'flow',
  question: 'How much CPU does it take to carry a small object there and another one back?',
  rounds: 9,
  open: (_, part) => {
    const pool = new Pool();
    const peer = openPiscina();
    return {
      input: Array.from({ length: COUNT * part }, (_item, at) => makeSale(at)),
      contenders: [
        {
          name: 'plain loop',
          run: (items) => {
            const results: Booking[] = [];
            for (const item of items) results.push(book(item));
            return results;
          },
        },
        { name: 'telar', run: (items) => parallelMap(items, book, { pool }) },
        { name: 'piscina, chunks by hand', run: (items) => runChunks(peer, 'bookChunk', items, 2000) },
      ],
      close: async () => {
        await Promise.all([pool.close(), peer.destroy()]);
      },
    };
  },
  figures: (find) => [{ id: 'objects.overhead', value: find('telar').overhead.median }],
});

function makeSale(at: number): Sale {
  return { id: at, product: `product ${at % 1000}`, price: (at % 997) + 0.99, quantity: 1 + (at % 7) };
}
