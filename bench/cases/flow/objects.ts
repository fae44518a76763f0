import { parallelMap } from 'telar';
import type { Columns } from '../../peers/workers/chunk-tasks.ts';
import { book, type Booking, makeOrder, makeSale, type Order, type Sale, settle } from '../../tasks.ts';
import { byHand, callChunks, callEach, eachLibrary, loop, onMainThread, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const COUNT = 200_000;
const CHUNK = 2000;
const NESTED_COUNT = 40_000;
const NESTED_CHUNK = 500;

export const objects: TimedCase<readonly Sale[], Booking> = defineTimed({
  module: import.meta.url,
  name: 'objects',
  group: 'flow',
  question: 'How much CPU does it take to carry a small object there and another one back?',
  parts: { tiny: 1 / 200, quick: 1 / 2, full: 1 },
  rounds: 5,
  makeInput: (_, part) => Array.from({ length: COUNT * part }, (_item, at) => makeSale(at)),
  contenders: [
    loop((items) => {
      const results: Booking[] = [];
      for (const item of items) results.push(book(item));
      return results;
    }),
    byHand((items, threads) => bookColumns(items, (columns) => threads.call('bookColumns', columns))),
    telar('telar', (items, pool) => parallelMap(items, book, { pool })),
    ...eachLibrary('chunks', callChunks<Sale, Booking>('bookChunk', CHUNK)),
    ...eachLibrary('items', callEach<Sale, Booking>('book'), { share: 1 / 10 }),
    ...onMainThread(book, 1 / 10),
  ],
  figures: (find) => [{ id: 'objects.overhead', value: find('telar').overhead.median }],
});

/** Objects within objects are cloned, so that by hand there is nothing to do but to choose the chunks. */
export const nestedObjects: TimedCase<readonly Order[], Order> = defineTimed({
  module: import.meta.url,
  name: 'nested-objects',
  group: 'flow',
  question: 'How much CPU for an object of 20 fields, three deep, there and another one back?',
  parts: { tiny: 1 / 100, quick: 1 / 2, full: 1 },
  rounds: 5,
  makeInput: (_, part) => Array.from({ length: NESTED_COUNT * part }, (_item, at) => makeOrder(at)),
  contenders: [
    loop((items) => items.map((item) => settle(item))),
    byHand(async (items, threads) => {
      const chunks: Promise<unknown>[] = [];
      for (let from = 0; from < items.length; from += NESTED_CHUNK)
        chunks.push(threads.call('settleChunk', items.slice(from, from + NESTED_CHUNK)));
      return ((await Promise.all(chunks)) as Order[][]).flat();
    }),
    telar('telar', (items, pool) => parallelMap(items, settle, { pool })),
    ...eachLibrary('chunks', callChunks<Order, Order>('settleChunk', NESTED_CHUNK)),
  ],
  figures: (find) => [
    {
      id: 'nested-objects.overhead',
      value: find('telar').overhead.median / find('by hand').overhead.median,
    },
  ],
});

/** Numbers in one array, text in one string: what this very shape costs least as. */
async function bookColumns(
  items: readonly Sale[],
  call: (columns: Columns) => Promise<unknown>,
): Promise<readonly Booking[]> {
  const chunks: Promise<Columns>[] = [];
  for (let from = 0; from < items.length; from += CHUNK) {
    const chunk = items.slice(from, from + CHUNK);
    const numbers = new Float64Array(chunk.length * 3);
    chunk.forEach(({ id, price, quantity }, at) => numbers.set([id, price, quantity], at * 3));
    chunks.push(call({ numbers, text: chunk.map(({ product }) => product).join('\n') }) as Promise<Columns>);
  }
  const results: Booking[] = [];
  for (const { numbers, text } of await Promise.all(chunks)) {
    text.split('\n').forEach((product, at) => {
      const [id, total, isLarge] = [
        numbers[at * 3] as number,
        numbers[at * 3 + 1] as number,
        numbers[at * 3 + 2],
      ];
      results.push({ id, product, total, isLarge: isLarge === 1 });
    });
  }
  return results;
}
