import { parallelMap, transfer } from 'telar';
import { createRandom } from '../../harness/random.ts';
import type { Peer } from '../../peers/contract/peer.ts';
import { sum } from '../../tasks.ts';
import { byHand, callEach, eachLibrary, loop, telar } from '../contenders.ts';
import { defineTimed, type TimedCase } from '../timed.ts';

const COUNT = 200;
const SMALLEST = 1e6;
const LARGEST = 8e6;
const TOTAL = 966e6;
const SEED = 11;

type Buffers = readonly Float64Array[];
type BufferCase = TimedCase<Buffers, number>;

const common = {
  module: import.meta.url,
  group: 'flow',
  parts: { tiny: 1 / 40, quick: 1 / 4, full: 1 },
  rounds: 3,
} as const;
const sumAll = (items: Buffers): readonly number[] => items.map((item) => sum(item));
const callAll = callEach<Float64Array, number>('sum');

export const buffersCloned: BufferCase = defineTimed({
  ...common,
  // Each contender would hold three copies of 966 MB.
  parts: { ...common.parts, full: common.parts.quick },
  name: 'buffers-clone',
  question: 'What does it take to sum 241 MB in 50 buffers of 1–8 MB, when they are copied?',
  makeInput: (_, part) => makeBuffers(COUNT * part, ArrayBuffer),
  contenders: [
    loop(sumAll),
    byHand(callAll),
    telar('telar', (items, pool) => parallelMap(items, sum, { pool })),
    ...eachLibrary('items', callAll),
  ],
});

const copyAll = (items: Buffers): Buffers => items.map((item) => item.slice());
const callOver = (items: Buffers, peer: Peer): Promise<readonly number[]> =>
  Promise.all(items.map((item) => peer.call('sum', item, [item.buffer as ArrayBuffer]) as Promise<number>));

export const buffersTransferred: BufferCase = defineTimed({
  ...common,
  name: 'buffers-transfer',
  question: 'The same, 241 MB or with --full 966 MB in 200 buffers, when they are handed over?',
  makeInput: (_, part) => makeViews(COUNT * part),
  contenders: [
    loop(sumAll, { prepare: copyAll }),
    byHand(callOver, { prepare: copyAll }),
    telar(
      'telar',
      async (items, pool) => {
        const results = await parallelMap(
          items.map((item) => transfer(item)),
          sum,
          { pool },
        );
        // A buffer that was handed over is empty at the sender.
        if (items.some((item) => item.byteLength > 0)) throw new Error('A buffer was copied.');
        return results;
      },
      { prepare: copyAll },
    ),
    ...eachLibrary('items', callOver, { prepare: copyAll, needsTransfer: true }),
  ],
  figures: (find) => [{ id: 'buffers.transfer.ratio', value: find('telar').ideal.median }],
});

export const buffersShared: BufferCase = defineTimed({
  ...common,
  name: 'buffers-share',
  question: 'The same, when they are in shared memory?',
  makeInput: (_, part) => makeBuffers(COUNT * part, SharedArrayBuffer),
  contenders: [
    loop(sumAll),
    byHand(callAll),
    telar('telar', (items, pool) => parallelMap(items, sum, { pool })),
    ...eachLibrary('items', callAll),
  ],
  figures: (find) => [{ id: 'buffers.share.ratio', value: find('telar').ideal.median }],
});

function makeBuffers(count: number, Memory: typeof ArrayBuffer | typeof SharedArrayBuffer): Buffers {
  return chooseLengths(count).map((length, at) => new Float64Array(new Memory(length * 8)).fill(at + 1));
}

/** Views of one memory, each of other numbers: a run is given copies, so a process holds 966 MB during its own only. */
function makeViews(count: number): Buffers {
  const memory = Float64Array.from({ length: LARGEST / 8 + count }, (_, at) => at % 1000);
  return chooseLengths(count).map((length, at) => memory.subarray(at, at + length));
}

function chooseLengths(count: number): readonly number[] {
  const random = createRandom(SEED);
  const sizes = Array.from({ length: count }, () => SMALLEST + random() * (LARGEST - SMALLEST));
  const scale = (TOTAL * count) / COUNT / sizes.reduce((total, size) => total + size, 0);
  return sizes.map((size) => Math.floor(Math.min(LARGEST, Math.max(SMALLEST, size * scale)) / 8));
}
