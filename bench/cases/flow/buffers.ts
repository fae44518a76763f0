import { parallelMap, Pool, transfer } from '../../../src/index.ts';
import { createRandom } from '../../harness/random.ts';
import { openPiscina, runChunks, runEach, runTransferred } from '../../peers/piscina.ts';
import { sum } from '../../tasks.ts';
import type { TimedCase } from '../case.ts';
import { defineTimed } from '../timed.ts';

const COUNT = 200;
const SMALLEST = 1e6;
const LARGEST = 8e6;
const TOTAL = 966e6;
const SEED = 11;

/** Buffers that Telar was told to hand over and that still were there afterwards. */
let copies = 0;

export const buffers: TimedCase<readonly Float64Array[], number> = defineTimed({
  name: 'buffers',
  group: 'flow',
  question: 'What does it take to sum 966 MB in 200 buffers of 1–8 MB: copied, handed over, and shared?',
  rounds: 3,
  open: (_, part) => {
    const pool = new Pool();
    const peer = openPiscina();
    const input = makeBuffers(COUNT * part);
    const shared = input.map(share);
    const copy = (): readonly Float64Array[] => input.map((buffer) => buffer.slice());
    copies = 0;
    return {
      input,
      contenders: [
        { name: 'plain loop', run: (items) => items.map((item) => sum(item)) },
        { name: 'telar, cloned', run: (items) => parallelMap(items, sum, { pool }) },
        {
          name: 'telar, transferred',
          prepare: copy,
          run: async (items) => {
            const results = await parallelMap(
              items.map((item) => transfer(item)),
              sum,
              { pool },
            );
            copies += items.filter((item) => item.byteLength > 0).length;
            return results;
          },
        },
        { name: 'telar, shared', prepare: () => shared, run: (items) => parallelMap(items, sum, { pool }) },
        {
          name: 'piscina, cloned item by item',
          run: (items) => runEach(peer, 'sum', items),
        },
        {
          name: 'piscina, chunks of 4 by hand',
          run: (items) => runChunks(peer, 'sumChunk', items, 4),
        },
        {
          name: 'piscina, transferred by hand',
          prepare: copy,
          run: (items) => runTransferred(peer, 'sum', items),
        },
        {
          name: 'piscina, shared by hand',
          prepare: () => shared,
          run: (items) => runEach(peer, 'sum', items),
        },
      ],
      close: async () => {
        await Promise.all([pool.close(), peer.destroy()]);
      },
    };
  },
  figures: (find) => [
    { id: 'buffers.transfer.ratio', value: find('telar, transferred').ratio.median },
    { id: 'buffers.transfer.copies', value: copies },
    { id: 'buffers.share.ratio', value: find('telar, shared').ratio.median },
  ],
});

function makeBuffers(count: number): readonly Float64Array[] {
  const random = createRandom(SEED);
  const sizes = Array.from({ length: count }, () => SMALLEST + random() * (LARGEST - SMALLEST));
  const scale = (TOTAL * count) / COUNT / sizes.reduce((total, size) => total + size, 0);
  return sizes.map((size, at) => {
    const bytes = Math.min(LARGEST, Math.max(SMALLEST, size * scale));
    return new Float64Array(Math.floor(bytes / Float64Array.BYTES_PER_ELEMENT)).fill(at + 1);
  });
}

function share(buffer: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(buffer.byteLength));
  copy.set(buffer);
  return copy;
}
