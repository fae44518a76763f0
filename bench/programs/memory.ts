/**
 * Measures what a process holds when so many workers have run a task. Arguments: the contender, the number of workers.
 */
import type { BareWork } from '../peers/workers/bare-worker.ts';
import { findLibrary } from '../peers/every-library.ts';
import { meet, type Meeting } from '../tasks.ts';
import { say } from './say.ts';
import { importTelar } from './telar.ts';

const [contender, count] = process.argv.slice(2);
const workers = Number(count);
const meeting: Meeting = { present: new Int32Array(new SharedArrayBuffer(4)), expected: workers };
const items = Array.from({ length: workers }, () => meeting);

const runs: Readonly<Record<string, () => Promise<readonly number[]>>> = {
  async telar() {
    const { parallelMap, Pool } = await importTelar();
    return parallelMap(items, meet, { pool: new Pool({ workers }), chunkSize: 1 });
  },

  async workers() {
    const { Worker } = await import('node:worker_threads');
    const file = new URL('../peers/workers/bare-worker.js', import.meta.url);
    const here = items.map(
      (item) =>
        new Promise<number>((resolve, reject) => {
          const worker = new Worker(file, { workerData: { meeting: item } satisfies BareWork });
          worker.once('message', () => resolve(workers)).once('error', reject);
        }),
    );
    return Promise.all(here);
  },
};

/** A library: a call for each worker. */
async function runLibrary(): Promise<readonly number[]> {
  const peer = await findLibrary(contender).open(workers);
  return Promise.all(items.map((item) => peer.call('meet', item) as Promise<number>));
}

const run = runs[contender ?? ''] ?? runLibrary;
const results = await run();
say({ rss: process.memoryUsage().rss, results });
process.exit();
