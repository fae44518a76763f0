import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { importTasks, parallelMap, parallelMapSettled, Pool, TaskTimeoutError } from 'telar';
import { census } from '../../census.ts';
import { double } from '../../fixtures/tasks/computes.ts';
import type * as LoadsSlowly from '../../fixtures/tasks/loading/loads-slowly.ts';
import { neverReturns, neverSettles } from '../../fixtures/tasks/never-returns.ts';
import { spinUntilAborted, waitForSignal } from '../../fixtures/tasks/waits.ts';
import { catchReason } from '../../harness/collect.ts';
import { Latch } from '../../harness/latch.ts';
import { makeNumbers } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool({ workers: 2, grace: 10 });

describe('an item that runs longer than its timeout', () => {
  for (const task of [neverReturns, neverSettles]) {
    for (const chunkSize of [1, 6, undefined]) {
      it(`fails alone: ${task.name}, chunks of ${chunkSize ?? 'any size'}`, async () => {
        const items = [0, 1, -2, 3, 4, -5, 6];
        const outcomes = await parallelMapSettled(items, task, { pool, timeout: 300, chunkSize });
        outcomes.forEach((outcome, index) => {
          const item = items[index] as number;
          assert.equal(outcome.index, index);
          if (item >= 0) {
            assert.ok(outcome.status === 'fulfilled' && outcome.value === item);
            return;
          }
          assert.ok(outcome.status === 'rejected' && outcome.reason instanceof TaskTimeoutError);
          assert.equal(outcome.reason.timeout, 300);
          assert.equal(outcome.reason.attempts, 1);
          assert.equal(outcome.reason.message, `Item ${index} ran longer than 300 ms and was stopped.`);
        });
        assert.equal(outcomes.length, items.length);
      });
    }
  }

  it('makes the call reject', async () => {
    const reason = await catchReason(parallelMap([1, -1], neverReturns, { pool, timeout: 300 }));
    assert.ok(reason instanceof TaskTimeoutError);
    assert.equal(reason.index, 1);
  });

  it('is tried again when retries say so', async () => {
    const [outcome] = await parallelMapSettled([-1], neverReturns, { pool, timeout: 20, retries: 1 });
    assert.ok(outcome?.status === 'rejected' && outcome.reason instanceof TaskTimeoutError);
    assert.equal(outcome.attempts, 2);
    assert.equal(outcome.reason.attempts, 2);
  });

  for (const task of [spinUntilAborted, waitForSignal]) {
    it(`is told first, and its late end is still too late: ${task.name}`, async () => {
      const patient = new Pool({ workers: 1, grace: 60_000 });
      const latch = new Latch();
      try {
        const items = [{ cells: latch.cells, value: 0 }];
        const reason = await catchReason(
          parallelMap<(typeof items)[0], unknown>(items, task, { pool: patient, timeout: 20 }),
        );
        assert.ok(reason instanceof TaskTimeoutError);
        assert.equal(Atomics.load(latch.cells, 1), 1, 'the task was stopped instead of being told');
      } finally {
        await patient.close();
      }
    });
  }
});

describe('a timeout', () => {
  it('is for one item, not for the call', async () => {
    const items = makeNumbers(5000, 1);
    const results = await parallelMap(items, double, { pool, timeout: 3000 });
    assert.deepEqual(results, items.map(double));
  });

  it('does not count the loading of the task', async () => {
    const one = new Pool({ workers: 1, importTimeout: 60_000 });
    try {
      const url = new URL('../../fixtures/tasks/loading/loads-slowly.js', import.meta.url);
      const { parse } = importTasks<typeof LoadsSlowly>(url);
      assert.deepEqual(await parallelMap([1, 2], parse, { pool: one, timeout: 1000 }), [2, 4]);
    } finally {
      await one.close();
    }
  });
});
