/**
 * Typed arrays in shared memory on two cores: the plain loop, a program written by hand, and Telar, in turns. Arguments:
 * the number of elements to map, to sort, and of rounds. Says milliseconds of each round, and of its CPU.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Pool } from 'telar';
import { parallelMapInto, parallelSort } from 'telar/memory';
import { cpuTime } from '../harness/cpu-time.ts';
import { createRandom } from '../harness/random.ts';
import type { IntoWork } from '../peers/workers/into-worker.ts';
import { say } from './say.ts';

export interface IntoTime {
  readonly question: string;
  readonly contender: string;
  readonly times: readonly number[];
  readonly cpu: readonly number[];
}

const [length, sortLength, rounds] = process.argv.slice(2).map(Number) as [number, number, number];
const WORKERS = 2;
const pool = new Pool({ workers: WORKERS });
const threads = Array.from(
  { length: WORKERS },
  () => new Worker(new URL('../peers/workers/into-worker.js', import.meta.url)),
);
const found: IntoTime[] = [];
const createFloats = (count: number): Float64Array<SharedArrayBuffer> =>
  new Float64Array(new SharedArrayBuffer(8 * count));

async function compare(
  question: string,
  prepare: () => Float64Array,
  contenders: Readonly<Record<string, (values: Float64Array) => unknown>>,
): Promise<void> {
  const all = Object.entries(contenders).map(([contender, run]) => ({
    contender,
    run,
    times: [] as number[],
    cpu: [] as number[],
  }));
  const sums = new Set<number>();
  for (let round = -1; round < rounds; round++) {
    for (const { run, times, cpu } of round % 2 === 0 ? all : all.toReversed()) {
      const values = prepare();
      const [begin, used] = [performance.now(), cpuTime()];
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured.
      await run(values);
      if (round >= 0) {
        times.push(performance.now() - begin);
        cpu.push(cpuTime() - used);
      }
      sums.add(mixAll(values));
    }
  }
  if (sums.size !== 1) throw new Error(`The contenders of ${question} differ.`);
  for (const { contender, times, cpu } of all) found.push({ question, contender, times, cpu });
}

/** Tells apart also what has the same elements in another order. */
function mixAll(values: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum = (sum + (values[at] as number) * ((at % 97) + 1)) % 1e9;
  return sum;
}

async function runByHand(kind: IntoWork['kind'], target: Float64Array): Promise<void> {
  const next = new Int32Array(new SharedArrayBuffer(4));
  const size = Math.ceil(length / 4096);
  const work = { kind, source, target: target as IntoWork['target'], next, size } satisfies IntoWork;
  await Promise.all(
    threads.map((thread) => {
      thread.postMessage(work);
      return once(thread, 'message');
    }),
  );
}

const random = createRandom(6);
const source = createFloats(length);
for (let at = 0; at < length; at++) source[at] = random() * 10;
const target = createFloats(length);
const clear = (): Float64Array => target.fill(0);

await compare('waves', clear, {
  'plain loop': (values) => {
    for (let at = 0; at < length; at++) {
      const x = source[at] as number;
      values[at] = Math.sin(x) * Math.exp(-x);
    }
  },
  'by hand': (values) => runByHand('waves', values),
  telar: (values) => parallelMapInto(values, source, (x) => Math.sin(x) * Math.exp(-x), { pool }),
});
await compare('line', clear, {
  'plain loop': (values) => {
    for (let at = 0; at < length; at++) values[at] = (source[at] as number) * 2 + 1;
  },
  'by hand': (values) => runByHand('line', values),
  telar: (values) => parallelMapInto(values, source, (x) => x * 2 + 1, { pool }),
});

const unsorted = new Float64Array(sortLength);
for (let at = 0; at < sortLength; at++) unsorted[at] = random() - 0.5;
const sorting = createFloats(sortLength);
const shuffle = (): Float64Array => {
  sorting.set(unsorted);
  return sorting;
};
await compare('sort', shuffle, {
  'its own sort()': (values) => values.sort(),
  telar: (values) => parallelSort(values, { pool }),
});

await Promise.all([pool.close(), ...threads.map((thread) => thread.terminate())]);
say({ found });
