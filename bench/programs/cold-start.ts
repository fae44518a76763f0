/**
 * Sixteen small tasks on two workers, in a process that has done nothing yet: from before the library is imported
 * until all results are there. Arguments: the contender, turns per item.
 */
import type { BareWork } from '../peers/workers/bare-worker.ts';
import { findLibrary } from '../peers/every-library.ts';
import type * as Tasks from '../tasks.ts';
import { say } from './say.ts';
import { importTelar } from './telar.ts';

const WORKERS = 2;
const ITEMS = 16;

const [contender, turns] = process.argv.slice(2);
const items = Array.from({ length: ITEMS }, (_, at) => Number(turns) + at);

const starts: Readonly<Record<string, () => Promise<readonly number[]>>> = {
  async importTasks() {
    const { importTasks, parallelMap, Pool } = await importTelar();
    const { runSmall } = importTasks<typeof Tasks>(new URL('../tasks.js', import.meta.url));
    return parallelMap(items, runSmall, { pool: new Pool({ workers: WORKERS }) });
  },

  async function() {
    const { parallelMap, Pool } = await importTelar();
    const { runSmall } = await import('../tasks.ts');
    return parallelMap(items, runSmall, { pool: new Pool({ workers: WORKERS }) });
  },

  async processes() {
    const { parallelMap, Pool } = await importTelar();
    const { runSmall } = await import('../tasks.ts');
    return parallelMap(items, runSmall, { pool: new Pool({ isolate: 'process', workers: WORKERS }) });
  },

  async workers() {
    const { Worker } = await import('node:worker_threads');
    const file = new URL('../peers/workers/bare-worker.js', import.meta.url);
    const half = items.length / WORKERS;
    const parts = Array.from({ length: WORKERS }, (_, at) => items.slice(at * half, (at + 1) * half));
    const answers = parts.map(
      (part) =>
        new Promise<readonly number[]>((resolve, reject) => {
          const worker = new Worker(file, { workerData: { items: part } satisfies BareWork });
          worker.once('message', resolve).once('error', reject);
        }),
    );
    return (await Promise.all(answers)).flat();
  },

  async loop() {
    const { runSmall } = await import('../tasks.ts');
    return items.map((item) => runSmall(item));
  },
};

/** A library: a call for each item. */
async function startLibrary(): Promise<readonly number[]> {
  const peer = await findLibrary(contender).open(WORKERS);
  return Promise.all(items.map((item) => peer.call('runSmall', item) as Promise<number>));
}

const start = starts[contender ?? ''] ?? startLibrary;
const began = performance.now();
const results = await start();
say({ time: performance.now() - began, results });
// Contenders differ in how they end; that is not the question here.
process.exit();
