import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, perWorker, Pool, type WorkerPool } from '../../../src/index.ts';
import { sharedPool } from '../../../src/flow/pool/pool.ts';
import { census } from '../../census.ts';
import { double, echo, getThread } from '../../fixtures/tasks/computes.ts';
import { exitIfNegative } from '../../fixtures/tasks/exits.ts';
import { waitForLatch } from '../../fixtures/tasks/waits.ts';
import { collect } from '../../harness/collect.ts';
import { Latch } from '../../harness/latch.ts';
import { usePool } from '../../harness/pool.ts';
import { sample } from '../../harness/long.ts';

census();
const MANY: number = sample(300, 10_000);
const pool = usePool(undefined, { Pool, parallelMap });
// The shared pool is kept on purpose: its threads are started before the first test, and end after the last.
before(() => parallelMap(Array.from({ length: sharedPool().workers }), getThread, { chunkSize: 1 }));
after(() => sharedPool().close());

async function withPool(workers: number, use: (own: Pool) => Promise<void>): Promise<void> {
  const own = new Pool({ workers });
  try {
    await use(own);
  } finally {
    await own.close();
  }
}

describe('close', () => {
  for (const isolate of ['thread', 'process'] as const) {
    for (const how of ['throws', 'never ends']) {
      it(`ends also when the disposer of a perWorker value ${how}, in a ${isolate}`, async () => {
        const own = new Pool({ workers: 1, isolate, importTimeout: 1500 });
        const value = perWorker(() => ({
          [Symbol.asyncDispose]: (): Promise<void> =>
            how === 'throws' ? Promise.reject(new Error('broken')) : new Promise(() => {}),
          number: 7,
        }));
        assert.deepEqual(await parallelMap([1], () => value().number, { pool: own }), [7]);
        await own.close();
      });
    }
  }
});

describe('a pool', () => {
  it('runs at most its number of items at once, and that many', async () => {
    await withPool(3, async (own) => {
      const latch = new Latch();
      const items = Array.from({ length: 12 }, (_, value) => ({ cells: latch.cells, value }));
      const results = parallelMap(items, waitForLatch, { pool: own, chunkSize: 1 });
      await latch.awaitArrivals(3);
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
      assert.equal(latch.arrived, 3);
      latch.open();
      assert.equal((await results).length, 12);
    });
  });

  it('has as many threads as workers, whatever the number of calls', async () => {
    await withPool(2, async (own) => {
      const calls = Array.from({ length: 20 }, () =>
        parallelMap(Array.from({ length: 20 }), getThread, { pool: own, chunkSize: 1 }),
      );
      assert.ok(new Set((await Promise.all(calls)).flat()).size <= 2);
    });
  });

  it(`answers ${MANY} calls at once, with at most two threads and without a warning`, async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    try {
      const calls = Array.from({ length: MANY }, (_, call) => parallelMap([call, -call], double, { pool }));
      const results = await Promise.all(calls);
      results.forEach((result, call) => assert.deepEqual(result, [call * 2, call * -2]));
      const threads = await Promise.all(
        Array.from({ length: 200 }, () => parallelMap([1, 2], getThread, { pool })),
      );
      assert.ok(new Set(threads.flat()).size <= 2);
      await new Promise(setImmediate);
      assert.deepEqual(warnings, []);
    } finally {
      process.off('warning', listen);
    }
  });

  it('is shared fairly: a short call need not wait for a long one', async () => {
    let finished = 0;
    const items = Array.from({ length: 5000 }, (_, index) => index);
    const long = parallelMap(items, echo<number>, {
      pool,
      chunkSize: 1,
      onProgress: ({ done }) => (finished = done),
    });
    assert.deepEqual(await parallelMap([1, 2, 3], double, { pool, chunkSize: 1 }), [2, 4, 6]);
    assert.ok(finished < items.length);
    assert.equal((await long).length, items.length);
  });

  it('lets runs take turns, chunk by chunk', async () => {
    await withPool(1, async (own) => {
      const order: string[] = [];
      const read = async (name: string): Promise<void> => {
        const options = { pool: own, chunkSize: 1 };
        for await (const _ of parallelMapIterable([1, 2, 3, 4, 5, 6, 7, 8], echo<number>, options))
          order.push(name);
      };
      await Promise.all([read('a'), read('b')]);
      const firstHalf = order.slice(0, 8);
      assert.ok(firstHalf.filter((name) => name === 'a').length >= 2, order.join(''));
      assert.ok(firstHalf.filter((name) => name === 'b').length >= 2, order.join(''));
    });
  });

  it('starts no thread before it is needed, and goes on after deaths', async () => {
    await withPool(2, async (own) => {
      for (let round = 0; round < 3; round++) {
        await assert.rejects(parallelMap([-1, -1], exitIfNegative, { pool: own }));
        assert.deepEqual(await parallelMap([1, 2, 3], echo<number>, { pool: own }), [1, 2, 3]);
      }
    });
  });
});

describe('closing a pool', () => {
  it('waits for the calls in progress', async () => {
    const own = new Pool({ workers: 2 });
    const latch = new Latch();
    const items = Array.from({ length: 8 }, (_, value) => ({ cells: latch.cells, value }));
    const results = parallelMap(items, waitForLatch, { pool: own, chunkSize: 1 });
    await latch.awaitArrivals(2);
    let isClosed = false;
    const closing = own.close().then(() => (isClosed = true));
    await new Promise(setImmediate);
    assert.equal(isClosed, false);
    latch.open();
    assert.deepEqual(await results, [0, 1, 2, 3, 4, 5, 6, 7]);
    await closing;
  });

  it('may be done twice, before it was ever used, and by asyncDispose', async () => {
    const unused = new Pool({ workers: 4 });
    await Promise.all([unused.close(), unused.close()]);
    await unused.close();
    const disposed = new Pool({ workers: 1 });
    assert.deepEqual(await parallelMap([1], double, { pool: disposed }), [2]);
    await disposed[Symbol.asyncDispose]();
    await disposed[Symbol.asyncDispose]();
  });

  it('refuses the calls after it', async () => {
    const own = new Pool({ workers: 1 });
    await parallelMap([1], double, { pool: own });
    const closing = own.close();
    const message = /The pool is closed/;
    await assert.rejects(parallelMap([1], double, { pool: own }), { message });
    await closing;
    await assert.rejects(parallelMap([1], double, { pool: own }), { message });
    await assert.rejects(collect(parallelMapIterable([1], double, { pool: own })), { message });
  });

  it('works after every worker has died', async () => {
    const own = new Pool({ workers: 2 });
    await assert.rejects(parallelMap([-1, -1], exitIfNegative, { pool: own, chunkSize: 1 }));
    await own.close();
  });
});

describe('`workers` of a call', () => {
  it('may be more than the shared pool has: the call gets a pool of its own, and frees it', async () => {
    const latch = new Latch();
    const workers = new Pool().workers + 1;
    const items = Array.from({ length: workers }, (_, value) => ({ cells: latch.cells, value }));
    const results = parallelMap(items, waitForLatch, { workers, chunkSize: 1 });
    await latch.awaitArrivals(workers);
    latch.open();
    assert.equal((await results).length, workers);
  });

  it('is the most that the call uses of the shared pool', async () => {
    const items = Array.from({ length: 40 }, (_, index) => index);
    assert.equal(new Set(await parallelMap(items, getThread, { workers: 1, chunkSize: 1 })).size, 1);
    assert.deepEqual(await parallelMap(items, double), items.map(double));
  });

  it('and a pool are refused together', async () => {
    await assert.rejects(parallelMap([1], double, { workers: 1, pool }), { name: 'TypeError' });
  });
});

describe('what is no pool of Telar is refused', () => {
  it('at the call', async () => {
    const other = { workers: 2, close: () => Promise.resolve() } as WorkerPool;
    await assert.rejects(parallelMap([1], double, { pool: other }), {
      name: 'TypeError',
      message: /Expected `pool` to be a Pool of Telar/,
    });
  });
});
