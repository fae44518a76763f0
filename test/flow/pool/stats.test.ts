import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { describeWorkers } from '../../../src/flow/hosts/worker-record.ts';
import { parallelMap, parallelMapSettled, Pool, type PoolOptions, type PoolStats } from 'telar';
import { SharedSlots } from '../../../src/wire/slots/shared-slots.ts';
import { census } from '../../census.ts';
import { double, echo, getThread } from '../../fixtures/tasks/computes.ts';
import { exitIfNegative } from '../../fixtures/tasks/exits.ts';
import { neverReturns } from '../../fixtures/tasks/never-returns.ts';
import { waitForLatch } from '../../fixtures/tasks/waits.ts';
import { Latch, until } from '../../harness/latch.ts';
import { chunkOf, openRun } from '../../harness/wire/open-run.ts';

census();

const range = (length: number): number[] => Array.from({ length }, (_, at) => at);

/** Counts of a pool on which nothing runs. */
function assertAtRest(stats: PoolStats, message?: string): void {
  const { workers, ...counts } = stats;
  assert.deepEqual(counts, { queued: 0, inFlight: 0, runs: 0 }, message);
  assert.deepEqual(
    workers.filter(({ state, item }) => state !== 'idle' || item !== undefined),
    [],
    message,
  );
}

async function withPool(options: PoolOptions, use: (pool: Pool) => Promise<void>): Promise<void> {
  const pool = new Pool(options);
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
  assert.deepEqual(pool.stats(), { workers: [], queued: 0, inFlight: 0, runs: 0 }, 'closed');
}

describe('stats of a pool', () => {
  it('are empty before the first call, and count what many calls at once have there', async () => {
    await withPool({ workers: 2 }, async (pool) => {
      assert.deepEqual(pool.stats(), { workers: [], queued: 0, inFlight: 0, runs: 0 });
      const threads = new Set(await parallelMap(range(2), getThread, { pool, chunkSize: 1 }));
      const before = performance.now();
      const latch = new Latch();
      const calls = range(20).map((call) =>
        parallelMap(
          range(10).map((value) => ({ cells: latch.cells, value: 100 * call + value })),
          waitForLatch,
          { pool, chunkSize: 1 },
        ),
      );
      await latch.awaitArrivals(2);
      await until(() => pool.stats().inFlight === 4);
      const { workers, queued, inFlight, runs } = pool.stats();
      latch.open();
      assert.deepEqual({ queued, inFlight, runs }, { queued: 2, inFlight: 4, runs: 20 });
      for (const { id, state, item, since } of workers) {
        assert.equal(state, 'busy');
        assert.equal(typeof item, 'number');
        assert.ok(threads.has(id) || threads.size < 2);
        assert.ok(since >= before);
      }
      await Promise.all(calls);
      assertAtRest(pool.stats());
      const items = pool.stats().workers.reduce((sum, worker) => sum + worker.items, 0);
      assert.equal(items, 202);
      assert.ok(pool.stats().workers.every(({ heapUsed }) => heapUsed === undefined || heapUsed > 1e6));
      assert.ok(pool.stats().workers.some(({ heapUsed }) => heapUsed !== undefined));
    });
  });

  it('name the item that a worker is on, behind those that it has run', async () => {
    await withPool({ workers: 1 }, async (pool) => {
      const latch = new Latch();
      const items = range(9).map((value) => ({ cells: latch.cells, value, isHeld: value === 5 }));
      const call = parallelMap(items, waitForLatch, { pool, chunkSize: 9 });
      await latch.awaitArrivals(6);
      const { workers, queued, inFlight } = pool.stats();
      latch.open();
      assert.equal(workers[0]?.item, 5);
      assert.deepEqual({ queued, inFlight }, { queued: 3, inFlight: 9 });
      await call;
      assertAtRest(pool.stats());
    });
  });

  for (const isolate of ['thread', 'process', 'suspects'] as const) {
    it(`are right behind deaths, timeouts and a forced end: ${isolate}`, async () => {
      await withPool({ workers: 2, isolate, grace: 10 }, async (pool) => {
        const first = await parallelMap(range(8), isolate === 'process' ? getProcess : getThread, {
          pool,
          chunkSize: 1,
        });
        const known = new Set(pool.stats().workers.map(({ id }) => id));
        for (const id of first) assert.ok(known.has(id));
        await parallelMapSettled([1, -1, 2, -2, 3], exitIfNegative, { pool, chunkSize: 1 });
        assertAtRest({ ...pool.stats(), workers: [] }, 'after deaths');
        const lives = new Set(pool.stats().workers.map(({ id }) => id));
        assert.ok(
          [...known].some((id) => !lives.has(id)),
          'the dead are listed',
        );
        await parallelMapSettled([1, -1, 2], neverReturns, { pool, chunkSize: 1, timeout: 50 });
        assertAtRest({ ...pool.stats(), workers: [] }, 'after a timeout');
        const call = parallelMapSettled([-1, -1, 1], neverReturns, { pool, chunkSize: 1 });
        await until(() => pool.stats().workers.filter(({ item }) => item !== undefined).length === 2);
        const closing = pool.close({ force: true });
        await assert.rejects(call, { reason: 'closed' });
        await closing;
      });
    });
  }

  it('count the calls that a task makes where that runs', async () => {
    await withPool({ workers: 1 }, async (pool) => {
      const task = async (): Promise<unknown> => {
        const inner = new Pool();
        const results = await parallelMap([1, 2, 3], double, { pool: inner });
        const { queued, inFlight, runs } = inner.stats();
        await inner.close();
        return { results, queued, inFlight, runs, workers: inner.stats().workers };
      };
      const counts = await parallelMap([1], task, { pool });
      assert.deepEqual(counts, [{ results: [2, 4, 6], queued: 0, inFlight: 0, runs: 0, workers: [] }]);
    });
  });

  it('cost nothing for an item: what is read and noted of a chunk does not grow with it', async () => {
    const countSteps = (items: number): number => {
      const reads = mock.method(SharedSlots.prototype, 'load').mock;
      const writes = mock.method(SharedSlots.prototype, 'store').mock;
      try {
        const { run, worker } = openRun(items);
        const { record } = worker;
        const notes = mock.method(record, 'note').mock;
        worker.say({ type: 'ready', threadId: 1 });
        assert.equal(record.describe().state, 'busy');
        assert.equal(describeWorkers([record], 1).queued, items);
        const asked = reads.callCount();
        for (let more = 0; more < 10; more++) describeWorkers([record], 1);
        assert.ok(reads.callCount() - asked <= 10 * 8, 'asking reads a few cells');
        worker.answer(chunkOf(worker), items);
        void run.finished;
        assert.equal(record.items, items);
        assert.equal(record.describe().state, 'idle');
        return reads.callCount() + writes.callCount() + notes.callCount();
      } finally {
        mock.restoreAll();
      }
    };
    assert.equal(countSteps(20_000), countSteps(20));
    await new Promise(setImmediate);
  });

  it('need no worker to answer: one that is stuck is described as well', async () => {
    await withPool({ workers: 1 }, async (pool) => {
      const call = parallelMapSettled([-1], neverReturns, { pool, timeout: 300 });
      await until(() => pool.stats().workers[0]?.item === 0);
      await call;
      assert.deepEqual(await parallelMap([7], echo<number>, { pool }), [7]);
    });
  });
});

function getProcess(): number {
  return process.pid;
}
