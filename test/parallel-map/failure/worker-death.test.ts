import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  Pool,
  type RunSummary,
  WorkerError,
} from 'telar';
import { census } from '../../census.ts';
import { echo } from '../../fixtures/tasks/computes.ts';
import {
  countAndExit,
  exitWith,
  exitIfNegative,
  exitLater,
  runOutOfMemory,
} from '../../fixtures/tasks/exits.ts';
import { catchReason, collect } from '../../harness/collect.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

describe('a task that ends its worker with process.exit', () => {
  for (const task of [exitIfNegative, exitLater]) {
    for (const chunkSize of [1, 4, undefined]) {
      it(`fails its item alone: ${task.name}, chunks of ${chunkSize ?? 'any size'}`, async () => {
        const items = [1, 2, -3, 4, 5, 6, -7, 8, 9, 10, 11];
        const outcomes = await parallelMapSettled<number, number | Promise<number>>(items, task, {
          pool,
          chunkSize,
        });
        assert.equal(outcomes.length, items.length);
        outcomes.forEach((outcome, index) => {
          const item = items[index] as number;
          if (item > 0) {
            assert.ok(outcome.status === 'fulfilled' && outcome.value === item * 2);
            return;
          }
          assert.ok(outcome.status === 'rejected' && outcome.reason instanceof WorkerError);
          assert.equal(outcome.reason.index, index);
          assert.equal(outcome.reason.attempts, 1);
          assert.equal(outcome.reason.reason, 'exit');
          assert.equal(outcome.reason.exitCode, -item);
        });
      });
    }
  }

  it('with code 0 fails its item, too', async () => {
    const reason = await catchReason(parallelMap([0], exitWith, { pool }));
    assert.ok(reason instanceof WorkerError);
    assert.equal(reason.reason, 'exit');
    assert.equal(reason.exitCode, 0);
    assert.equal(reason.message, 'Item 0 failed: the worker exited with code 0 while it ran it.');
  });

  it('makes the call reject, and the pool goes on', async () => {
    await assert.rejects(parallelMap([1, -3], exitIfNegative, { pool }), { name: 'WorkerError', index: 1 });
    await assert.rejects(collect(parallelMapIterable([1, -3], exitIfNegative, { pool })), {
      name: 'WorkerError',
      index: 1,
    });
    assert.deepEqual(await parallelMap([1, 2, 3], echo<number>, { pool }), [1, 2, 3]);
  });

  it('may do so for every item', async () => {
    const items = Array.from({ length: 12 }, () => -2);
    const outcomes = await parallelMapSettled(items, exitIfNegative, { pool });
    assert.ok(
      outcomes.every(({ status }, index) => status === 'rejected' && outcomes[index]?.index === index),
    );
  });

  it('runs again what it had done before it could report, and the summary counts it', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(4 * 16));
    let summary: RunSummary | undefined;
    const onSummary = (given: RunSummary): void => void (summary = given);
    const one = new Pool({ workers: 1 });
    try {
      const items = [1, 2, 3, -4, 5, 6].map((item) => ({ item, cells }));
      const outcomes = await parallelMapSettled(items, countAndExit, { pool: one, chunkSize: 6, onSummary });
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      );
      assert.deepEqual([...cells.subarray(1, 7)], [2, 2, 2, 1, 1, 1]);
      assert.equal(summary?.repeated, 3);
      assert.equal(summary?.failed, 1);
      assert.equal(summary?.items, 6);
    } finally {
      await one.close();
    }
  });

  it('runs nothing twice with chunkSize 1', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(4 * 16));
    let summary: RunSummary | undefined;
    const onSummary = (given: RunSummary): void => void (summary = given);
    const items = [1, 2, 3, -4, 5, -6, 7].map((item) => ({ item, cells }));
    await parallelMapSettled(items, countAndExit, { pool, chunkSize: 1, onSummary });
    assert.deepEqual([...cells.subarray(1, 8)], [1, 1, 1, 1, 1, 1, 1]);
    assert.equal(summary?.repeated, 0);
  });
});

describe('a worker that runs out of memory', () => {
  it('fails the item it was on, and the others run elsewhere', async () => {
    const small = new Pool({ workers: 1, resourceLimits: { maxOldGenerationSizeMb: 16 } });
    try {
      const outcomes = await parallelMapSettled([1, 2, -1, 3], runOutOfMemory, { pool: small });
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
      );
      const outcome = outcomes[2];
      assert.ok(outcome?.status === 'rejected' && outcome.reason instanceof WorkerError);
      assert.equal(outcome.reason.reason, 'out-of-memory');
      assert.equal(outcome.reason.index, 2);
      assert.match(outcome.reason.message, /ran out of memory while it ran it/);
    } finally {
      await small.close();
    }
  });
});
