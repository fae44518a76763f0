import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parallelMap, parallelMapSettled, pipeline, Pool, type RunSummary, WorkerError } from 'telar';
import { census } from '../census.ts';
import { exitIfNegative } from '../fixtures/tasks/exits.ts';
import { neverReturns } from '../fixtures/tasks/never-returns.ts';

let pool: Pool;
beforeEach(() => {
  pool = new Pool({ isolate: 'suspects', workers: 2 });
});
// This hook runs before the census counts.
afterEach(() => pool.close());
census();

/** Ends a thread at a negative item; in a process it gives the process's id. */
const ofThreads = (item: number): number => {
  if (item >= 0) return item;
  const isThread = process.pid === mainPid;
  return isThread ? process.exit(5) : process.pid;
};
const mainPid = process.pid;

describe('with isolate: suspects', () => {
  it('an item whose thread died on it is tried once more in a process, and its neighbours stay on threads', async () => {
    const pids = await parallelMap([1, 2, 3], () => process.pid, { pool });
    assert.deepEqual(pids, [process.pid, process.pid, process.pid]);
    const outcomes = await parallelMapSettled([1, -1, 3, 4, -2, 6], ofThreads, { pool });
    outcomes.forEach((outcome, index) => {
      assert.ok(outcome.status === 'fulfilled');
      if (index !== 1 && index !== 4)
        assert.deepEqual([outcome.value, outcome.attempts], [[1, 0, 3, 4, 0, 6][index], 1]);
      else assert.ok(outcome.value !== process.pid && outcome.value > 0 && outcome.attempts === 2);
    });
  });

  it('an item that ends the process as well fails, with one try beyond its retries', async () => {
    for (const retries of [0, 2]) {
      let summary: RunSummary | undefined;
      const outcomes = await parallelMapSettled([1, 2, -3, 4], exitIfNegative, {
        pool,
        retries,
        onSummary: (given) => (summary = given),
      });
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
      );
      const [, , failed] = outcomes;
      assert.ok(failed?.status === 'rejected' && failed.reason instanceof WorkerError);
      assert.equal(failed.attempts, retries + 2);
      assert.equal(failed.reason.exitCode, 3);
      assert.equal(summary?.retried, retries + 1);
    }
  });

  it('an item that a process cannot have fails as it did on its thread, and the run goes on', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(4));
    const task = (item: number): number => (item < 0 ? process.exit(5) : item + cells.length);
    const outcomes = await parallelMapSettled([1, -1, 3], task, { pool });
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.status)),
      [2, 'rejected', 4],
    );
    assert.ok(outcomes[1]?.status === 'rejected' && outcomes[1].reason instanceof WorkerError);
    assert.equal(outcomes[1].reason.exitCode, 5);
  });

  it('an item that ran too long is not tried again', async () => {
    const [outcome] = await parallelMapSettled([-1], neverReturns, { pool, timeout: 50 });
    assert.ok(outcome?.status === 'rejected');
    assert.deepEqual([outcome.reason.name, outcome.attempts], ['TaskTimeoutError', 1]);
  });

  it('stages of a pipeline are tried again as well', async () => {
    assert.deepEqual(
      (await pipeline([1, -1, 3]).map(ofThreads).toArray({ pool })).map(
        (value) => value === 1 || value === 3,
      ),
      [true, false, true],
    );
  });

  it('an abort ends what is isolated', async () => {
    const controller = new AbortController();
    const hangsInProcess = (item: number): number | Promise<number> =>
      process.pid === mainPid ? process.exit(item) : new Promise<number>(() => {});
    const results = parallelMap([3], hangsInProcess, { pool, signal: controller.signal });
    setTimeout(() => controller.abort('enough'), 300);
    await assert.rejects(results, (reason) => reason === 'enough');
  });
});
