import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapSettled, TaskError } from 'telar';
import { census } from '../census.ts';
import { echo, getThread } from '../fixtures/tasks/computes.ts';
import {
  nestAborted,
  nestAndUseWorkerValue,
  nestDouble,
  nestFailing,
  nestPool,
  nestSettled,
  nestSpinning,
  nestThreads,
  nestTwice,
  nestUnderSignal,
} from '../fixtures/tasks/nests.ts';
import { catchReason } from '../harness/collect.ts';
import { Latch } from '../harness/latch.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();

const doubles = (count: number): number[] => Array.from({ length: count }, (_, index) => index * 2);

describe('a run inside a task', () => {
  it('gives the sequential answer', async () => {
    const counts = [0, 1, 2, 10, 997];
    assert.deepEqual(await parallelMap(counts, nestDouble, { pool }), counts.map(doubles));
  });

  it('may nest again', async () => {
    const results = await parallelMap([5, 3], nestTwice, { pool });
    assert.deepEqual(
      results,
      [5, 3].map((count) => Array.from({ length: count }, (_, index) => doubles(index))),
    );
  });

  it('adds no threads, also with `workers` or a pool of its own', async () => {
    const known = new Set(await parallelMap(Array.from({ length: 50 }), getThread, { pool, chunkSize: 1 }));
    for (const threads of await parallelMap([20, 20, 20, 20], nestThreads, { pool, chunkSize: 1 })) {
      assert.equal(new Set(threads).size, 1);
      assert.ok(known.size === 1 || known.has(threads[0] as number));
    }
    for (const [workers, ...threads] of await parallelMap([20, 20], nestPool, { pool, chunkSize: 1 })) {
      assert.equal(workers, 1);
      assert.equal(new Set(threads).size, 1);
    }
  });

  it('that fails is the failure of the item, as the error that it was', async () => {
    const reason = await catchReason(parallelMap([[1], [1, -2]], nestFailing, { pool }));
    assert.ok(reason instanceof TaskError);
    assert.equal(reason.index, 1);
    const inner = reason.cause as TaskError;
    assert.equal(inner.name, 'TaskError');
    assert.equal(inner.index, 1);
    assert.equal((inner.cause as Error).message, '-2 is negative');
  });

  it('closes its own pool without closing what the worker holds', async () => {
    assert.deepEqual(await parallelMap([1, 2, 3], nestAndUseWorkerValue, { pool }), ['open', 'open', 'open']);
  });

  it('may be settled', async () => {
    assert.deepEqual(await parallelMap([[1, -1, 2]], nestSettled, { pool }), [
      ['fulfilled', 'rejected', 'fulfilled'],
    ]);
  });

  it('may be aborted, and the task goes on', async () => {
    const { cells } = new Latch();
    assert.deepEqual(await parallelMap([{ cells }], nestAborted, { pool }), ['RangeError: nested reason']);
  });

  it('ends with the outer call through context.signal', async () => {
    const latch = new Latch();
    const controller = new AbortController();
    const outer = parallelMap([{ cells: latch.cells }], nestUnderSignal, { pool, signal: controller.signal });
    await latch.awaitArrivals(1);
    controller.abort('outer');
    assert.equal(await catchReason(outer), 'outer');
    assert.deepEqual(await parallelMap([1, 2], echo<number>, { pool }), [1, 2]);
  });

  it('in a busy loop is stopped by the timeout of the outer call', async () => {
    const { cells } = new Latch();
    const [outcome] = await parallelMapSettled([{ cells }], nestSpinning, { pool, timeout: 50 });
    assert.ok(outcome?.status === 'rejected');
    assert.equal(outcome.reason.name, 'TaskTimeoutError');
    assert.deepEqual(await parallelMap([1, 2], echo<number>, { pool }), [1, 2]);
  });
});
