import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parallelMap, pipeline, Pool, WorkerError } from 'telar';
import { census } from '../census.ts';
import { globals } from '../fixtures/hostile/globals.ts';
import { leftovers, onlyInProcess } from '../fixtures/hostile/leftovers.ts';
import { runHostile, sleepy, twice } from '../fixtures/hostile/run.ts';
import { sample } from '../harness/long.ts';

census();

/** One in so many of the tasks in `npm test`: each start of a process takes its time, and so does each worker that is held up. */
const pick = (names: readonly string[], oneIn: number): string[] =>
  names.filter((_, at) => sample(at % oneIn === 0, true));

/** Number of pools that exist at once. */
const AT_ONCE = 10;

const ITEMS = [1, 2, 3];

/** Whatever became of the hostile task itself, the calls after it have their results. */
async function assertWorks(pool: Pool, name: string, timeout: number | undefined): Promise<void> {
  assert.deepEqual(await parallelMap(ITEMS, twice, { pool, timeout }), [2, 4, 6], name);
  assert.deepEqual(await parallelMap(ITEMS, sleepy, { pool, timeout }), [3, 6, 9], name);
}

/** A worker loads what closures and URLs need when the first of them comes, whatever was done before. */
async function assertLoads(pool: Pool): Promise<void> {
  const factor = 2;
  assert.deepEqual(await parallelMap(ITEMS, (item) => item * factor, { pool }), [2, 4, 6]);
  const urls = [new URL('https://telar.example/')];
  assert.deepEqual(await parallelMap(urls, ({ hostname }) => hostname, { pool }), ['telar.example']);
}

async function runOne(table: string, name: string, pool: Pool): Promise<void> {
  try {
    assert.deepEqual(await parallelMap([{ table, name, n: 5 }], runHostile, { pool }), [5], name);
  } catch (error) {
    // A hostile task may have ended its worker, and nothing else.
    assert.ok(error instanceof WorkerError, `${name}: ${String(error)}`);
  }
}

for (const isolate of ['thread', 'process'] as const) {
  describe(`a worker in a ${isolate}`, () => {
    test(`goes on when tasks have replaced ${Object.keys(globals).length} things of the language`, async () => {
      const pool = new Pool({ workers: 1, isolate });
      // Tasks run one after the other, since what one replaced stays so for those after it.
      for (const name of pick(Object.keys(globals), isolate === 'thread' ? 1 : 4)) {
        await runOne('globals', name, pool);
        await assertWorks(pool, name, undefined);
      }
      await assertLoads(pool);
      await pool.close();
    });

    test('loads what pipelines need behind a task that has replaced something', async () => {
      const check = async (name: string): Promise<void> => {
        const pool = new Pool({ workers: 1, isolate });
        await runOne('globals', name, pool);
        assert.deepEqual(await pipeline(ITEMS).cpu(twice).toArray({ pool }), [2, 4, 6], name);
        await pool.close();
      };
      await Promise.all(
        ['Array.prototype.map throws', 'Map is gone', 'Reflect.get gives nothing'].map(check),
      );
    });

    test('is replaced where something that was left behind holds it up or ends it', async () => {
      const known = Object.keys(leftovers).filter(
        (name) => isolate === 'process' || !onlyInProcess.has(name),
      );
      const names = pick(known, isolate === 'thread' ? 3 : 6);
      const check = async (): Promise<void> => {
        for (let name = names.shift(); name !== undefined; name = names.shift()) {
          const pool = new Pool({ workers: 1, isolate });
          await runOne('leftovers', name, pool);
          await new Promise((resolve) => setTimeout(resolve, 20));
          await assertWorks(pool, name, 1000);
          await pool.close();
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, check));
    });
  });
}
