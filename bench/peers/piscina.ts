import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { cores } from '../report/machine.ts';

const TASKS = fileURLToPath(new URL('../tasks.js', import.meta.url));
const CHUNKS = fileURLToPath(new URL('./chunk-worker.js', import.meta.url));

/** A pool that has started all its threads, and keeps them. */
export function openPiscina(threads: number = cores): Piscina {
  return new Piscina({ filename: TASKS, minThreads: threads, maxThreads: threads, idleTimeout: Infinity });
}

/** What its README shows: a task for each item. */
export function runEach<Item, Output>(
  pool: Piscina,
  name: string,
  items: readonly Item[],
): Promise<readonly Output[]> {
  return Promise.all(items.map((item) => pool.run(item, { name }) as Promise<Output>));
}

/** A task for each item, whose buffer is handed over. */
export function runTransferred<Output>(
  pool: Piscina,
  name: string,
  items: readonly Float64Array[],
): Promise<readonly Output[]> {
  return Promise.all(
    items.map(
      (item) => pool.run(item, { name, transferList: [item.buffer as ArrayBuffer] }) as Promise<Output>,
    ),
  );
}

/** What an expert makes of it: chunks of a size that was tried out, and a worker file that takes them. */
export async function runChunks<Item, Output>(
  pool: Piscina,
  name: string,
  items: readonly Item[],
  size: number,
): Promise<readonly Output[]> {
  const chunks: Promise<readonly Output[]>[] = [];
  for (let from = 0; from < items.length; from += size) {
    chunks.push(
      pool.run(items.slice(from, from + size), { filename: CHUNKS, name }) as Promise<readonly Output[]>,
    );
  }
  return (await Promise.all(chunks)).flat() as unknown as readonly Output[];
}

/** The same for whole numbers, in typed arrays that are handed over both ways. */
export async function runTypedChunks(
  pool: Piscina,
  name: string,
  items: readonly number[],
  size: number,
): Promise<readonly number[]> {
  const chunks: Promise<Int32Array>[] = [];
  for (let from = 0; from < items.length; from += size) {
    const chunk = Int32Array.from(items.slice(from, from + size));
    const options = { filename: CHUNKS, name, transferList: [chunk.buffer] };
    chunks.push(pool.run(chunk, options) as Promise<Int32Array>);
  }
  const results: number[] = [];
  for (const chunk of await Promise.all(chunks)) for (const value of chunk) results.push(value);
  return results;
}
