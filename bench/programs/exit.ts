/** Some work, and then the end of the program's last line. Argument: the contender. */
import { now } from '../harness/run-program.ts';
import { countLeft } from './left.ts';
import { say } from './say.ts';

const items = Array.from({ length: 1000 }, (_, at) => at);
const before = countLeft();
let left = 0;

const runs: Readonly<Record<string, () => Promise<unknown>>> = {
  async nothing() {},

  async shared() {
    const { parallelMap } = await import('../../src/index.ts');
    const { scale } = await import('../tasks.ts');
    await parallelMap(items, scale);
  },

  async closed() {
    const { parallelMap, Pool } = await import('../../src/index.ts');
    const { scale } = await import('../tasks.ts');
    const pool = new Pool();
    await parallelMap(items, scale, { pool });
    await pool.close();
    left = countLeft() - before;
  },

  async piscina() {
    const { openPiscina, runEach } = await import('../peers/piscina.ts');
    const pool = openPiscina();
    await runEach(pool, 'scale', items);
    await pool.destroy();
  },
};

const run = runs[process.argv[2] ?? ''];
if (run === undefined) throw new RangeError(`There is no run called "${process.argv[2]}".`);
await run();
say({ left, endedAt: now() });
