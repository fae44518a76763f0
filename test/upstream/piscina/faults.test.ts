/*
 * What piscina 5.3.2 does that `src/flow/hosts/threads.ts` keeps from the users of pools, each as small as it can be.
 * A test that fails tells of a piscina that does better: what the comment in it names can go then.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { census } from '../../census.ts';

census();

const filename = fileURLToPath(new URL('../../fixtures/upstream/piscina-worker.js', import.meta.url));

async function withPool(run: (pool: Piscina) => Promise<void>, maxQueue?: number): Promise<void> {
  const queue = maxQueue === undefined ? {} : { maxQueue };
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1, atomics: 'disabled', ...queue });
  // Some faults are told here as well, and would end the process.
  pool.on('error', () => {});
  try {
    await run(pool);
  } finally {
    // Else piscina starts new workers for those it ends.
    (pool.options as { minThreads: number }).minThreads = 0;
    await pool.destroy();
  }
}

const catchThrown = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail('must be rejected'),
    (thrown: unknown) => thrown,
  );

describe('piscina 5.3.2', () => {
  test('takes a thrown null for a result', async () => {
    await withPool(async (pool) => {
      // Can go with it: outcomes as data, for the errors at least.
      assert.equal(await pool.run(undefined, { name: 'throwNull' }), null);
    });
  });

  test('says nothing about which part of a result cannot be cloned', async () => {
    await withPool(async (pool) => {
      const error = (await catchThrown(pool.run(undefined, { name: 'giveFunction' }))) as {
        message?: string;
      };
      // Can go with it: `removeUncloneable` of `workers/chunk/answer.ts`.
      assert.doesNotMatch(error.message ?? '', /deep/);
    });
  });

  test('loses the code of errors', async () => {
    await withPool(async (pool) => {
      const error = (await catchThrown(pool.run(undefined, { name: 'throwWithFields' }))) as Error;
      // Can go with it: `encodeThrown`.
      assert.equal('code' in error, false);
    });
  });

  test('blames what a task left behind on the task that runs next', async () => {
    await withPool(async (pool) => {
      assert.equal(await pool.run(undefined, { name: 'forgetTimer' }), 42);
      const error = (await catchThrown(pool.run(undefined, { name: 'takeTime' }))) as Error;
      // Can go with it: `workers/session/strays.ts`.
      assert.equal(error.message, 'forgotten');
    });
  });

  test('does not hold tasks with a signal to the length of its queue', async () => {
    await withPool(async (pool) => {
      const gate = new SharedArrayBuffer(4);
      const first = pool.run(gate, { name: 'wait' });
      const { signal } = new AbortController();
      const queued = [1, 2, 3].map(() => pool.run(undefined, { name: 'giveAnswer', signal }));
      const length = pool.queueSize;
      const cells = new Int32Array(gate);
      Atomics.store(cells, 0, 1);
      Atomics.notify(cells, 0);
      await first;
      // Can go with it: chunks that Telar queues itself.
      assert.deepEqual(await Promise.all(queued), [42, 42, 42]);
      assert.ok(length > 1);
    }, 1);
  });
});
