/** Some work, and then the end of the program's last line. Argument: the contender. */
import { availableParallelism } from 'node:os';
import { now } from '../harness/run-program.ts';
import { findLibrary } from '../peers/every-library.ts';
import { countLeft } from './left.ts';
import { say } from './say.ts';
import { importTelar } from './telar.ts';

const items = Array.from({ length: 1000 }, (_, at) => at);
const before = countLeft();
let left = 0;

const runs: Readonly<Record<string, () => Promise<unknown>>> = {
  async nothing() {},

  async shared() {
    const { parallelMap } = await importTelar();
    const { scale } = await import('../tasks.ts');
    await parallelMap(items, scale);
  },

  async closed() {
    const { parallelMap, Pool } = await importTelar();
    const { scale } = await import('../tasks.ts');
    const pool = new Pool();
    await parallelMap(items, scale, { pool });
    await pool.close();
    left = countLeft() - before;
  },
};

/** A library: a call for each item, and its pool closed. */
async function runLibrary(): Promise<void> {
  const peer = await findLibrary(process.argv[2]).open(availableParallelism());
  await Promise.all(items.map((item) => peer.call('scale', item)));
  await peer.close();
}

const run = runs[process.argv[2] ?? ''] ?? runLibrary;
await run();
say({ left, endedAt: now() });
