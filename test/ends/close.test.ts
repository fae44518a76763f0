import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  pipeline,
  Pool,
  type PoolOptions,
  WorkerError,
} from 'telar';
import { census } from '../census.ts';
import { neverReturns, neverSettles } from '../fixtures/tasks/never-returns.ts';
import { catchReason, collect } from '../harness/collect.ts';
import { Latch } from '../harness/latch.ts';

census();

const assertClosed = (error: unknown, index: number): void => {
  assert.ok(error instanceof WorkerError, String(error));
  assert.equal(error.reason, 'closed');
  assert.equal(error.index, index);
  assert.match(error.message, /its pool was closed with `close\({ force: true }\)`/);
};

const arriveAndLoop = (cells: Int32Array): void => {
  Atomics.add(cells, 0, 1);
  for (;;);
};

for (const isolate of ['thread', 'process', 'suspects'] as const) {
  describe(`close({ force: true }) of a pool with isolate: '${isolate}'`, () => {
    const options: PoolOptions = { workers: 1, isolate, grace: 10 };

    for (const task of [neverReturns, neverSettles]) {
      test(`ends each kind of call whose task is ${task.name}`, async () => {
        const pool = new Pool(options);
        const calls = [
          catchReason(parallelMap([1, -1, 2], task, { pool, chunkSize: 1 })),
          catchReason(parallelMapSettled([-1, -2], task, { pool })),
          catchReason(collect(parallelMapIterable([-1], task, { pool }))),
          catchReason(pipeline([-1]).cpu(task).toArray({ pool })),
        ];
        // The first item is done before the second holds the worker.
        await new Promise((resolve) => setTimeout(resolve, 300));
        await pool.close({ force: true });
        const [map, ...others] = await Promise.all(calls);
        assert.ok(map instanceof WorkerError && map.index <= 1);
        assertClosed(map, map.index);
        for (const error of others) assertClosed(error, 0);
      });
    }
  });
}

describe('close({ force: true })', () => {
  test('ends what a close before it waits for', async () => {
    const latch = new Latch();
    const pool = new Pool({ workers: 1, grace: 60_000 });
    const call = catchReason(parallelMap([latch.cells], arriveAndLoop, { pool }));
    await latch.awaitArrivals(1);
    const closing = pool.close();
    await pool.close({ force: true });
    await closing;
    assertClosed(await call, 0);
  });

  test('ends a call that is being withdrawn already', async () => {
    const latch = new Latch();
    const pool = new Pool({ workers: 1, grace: 60_000 });
    const controller = new AbortController();
    const { signal } = controller;
    const call = catchReason(parallelMap([latch.cells], arriveAndLoop, { pool, signal }));
    await latch.awaitArrivals(1);
    controller.abort(new Error('enough'));
    await pool.close({ force: true });
    assert.equal(((await call) as Error).message, 'enough');
  });

  test('ends a call whose source never gives, and whose workers never started', async () => {
    const pool = new Pool({ workers: 1 });
    async function* never(): AsyncGenerator<number> {
      await new Promise(() => {});
      yield 1;
    }
    const call = catchReason(parallelMap(never(), (n: number) => n, { pool }));
    await pool.close({ force: true });
    assertClosed(await call, 0);
  });

  test('is refused with anything but true or false, and with other options', async () => {
    const pool = new Pool({ workers: 1 });
    assert.match(
      String(await catchReason(pool.close({ force: 1 } as never))),
      /Expected `force` to be true or false/,
    );
    assert.match(String(await catchReason(pool.close({ forced: true } as never))), /Did you mean `force`/);
    await pool.close();
  });

  test('of an idle pool, and of one that was never used, is a close', async () => {
    await new Pool().close({ force: true });
    const pool = new Pool({ workers: 2 });
    assert.deepEqual(await parallelMap([1, 2], (n) => n, { pool }), [1, 2]);
    await pool.close({ force: true });
    await pool.close();
  });
});
