import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parallelMap, parallelMapSettled, Pool, type PoolOptions, type RunSummary, transfer } from 'telar';
import { census } from '../census.ts';
import { double } from '../fixtures/tasks/computes.ts';
import {
  leaveImmediate,
  leaveLoop,
  leavePromise,
  leaveTimer,
  stopProcess,
} from '../fixtures/tasks/leaves-loops.ts';
import { inFull } from '../harness/long.ts';

census();

const ON_THREADS = [leaveTimer, leaveImmediate, leavePromise];

/** Runs something, and gives the warnings of strays that it raised. */
async function listen(run: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = [];
  const note = (warning: Error): void => {
    if (warning.name === 'TelarStrayError') warnings.push(warning.message);
  };
  process.on('warning', note);
  try {
    await run();
    await new Promise(setImmediate);
  } finally {
    process.off('warning', note);
  }
  return warnings;
}

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A pool of one worker, after a task that has left something behind. */
async function openHeld(task: (n: number) => number, options: PoolOptions): Promise<Pool> {
  const pool = new Pool({ ...options, workers: 1 });
  await parallelMap([3], task, { pool });
  await later(200);
  return pool;
}

async function assertServes(pool: Pool, timeout: number | undefined, name: string): Promise<void> {
  let summary: RunSummary | undefined;
  const options = { pool, timeout, onSummary: (given: RunSummary) => void (summary = given) };
  const outcomes = await parallelMapSettled([1, 2, 3], double, options);
  outcomes.forEach((outcome, at) => {
    assert.ok(outcome.status === 'fulfilled' && outcome.value === 2 * (at + 1), name);
    // An item that did not begin counts as no try.
    assert.equal(outcome.attempts, 1, name);
  });
  assert.equal(summary?.strays, 1, name);
}

for (const isolate of ['thread', 'process'] as const) {
  const tasks = isolate === 'thread' ? ON_THREADS : [stopProcess, leaveTimer];
  describe(`what a task leaves behind in a ${isolate}`, () => {
    test('holds up neither the calls after it, nor the closing of its pool', async () => {
      const checks = tasks.flatMap((task) => [
        async () => {
          const pool = await openHeld(task, { isolate });
          await assertServes(pool, 500, `${task.name}, with a timeout`);
          await pool.close();
        },
        async () => (await openHeld(task, { isolate })).close(),
      ]);
      await Promise.all(checks.map((check) => check()));
    });
  });
}

test(
  'a worker that is held up is replaced after startTimeout where the call has no time limit',
  inFull,
  async () => {
    const pool = await openHeld(leaveTimer, { startTimeout: 8000 });
    await assertServes(pool, undefined, 'without a timeout');
    await pool.close();
  },
);

describe('a worker that does not come to what it was sent', () => {
  test('is named in a warning, with the item that ran last there', async () => {
    const pool = new Pool({ workers: 1 });
    const warnings = await listen(async () => {
      await parallelMap([1, 2], leaveLoop, { pool, chunkSize: 1, timeout: 50 }).catch(() => {});
      await later(50);
      await parallelMap([1], double, { pool, timeout: 50 });
    });
    assert.ok(warnings.length >= 1);
    assert.match(
      warnings.at(-1) ?? '',
      /A worker is replaced. It did not come to what it was sent. Item [01], the last that ran/,
    );
    await pool.close();
  });

  test('is named with the task of a single call that ran last there', async () => {
    const pool = new Pool({ workers: 1 });
    const warnings = await listen(async () => {
      await pool.run(leaveLoop, [1], { timeout: 50 }).catch(() => {});
      await later(50);
      await pool.run(double, [1], { timeout: 50 });
    });
    assert.match(
      warnings.at(-1) ?? '',
      /A call of `leaveLoop`, the last that ran there, left something behind/,
    );
    await pool.close();
  });

  test('within a call: the other items run, nobody is blamed', async () => {
    const pool = new Pool({ workers: 2 });
    const items = Array.from({ length: 6 }, (_, n) => n);
    const task = (n: number): number => {
      if (n === 0)
        setTimeout(() => {
          for (;;);
        }, 0);
      return n;
    };
    assert.deepEqual(await parallelMap(items, task, { pool, chunkSize: 1, timeout: 500 }), items);
    await pool.close();
  });

  test('keeps buffers that it was not sent yet for another, and says of others that they are lost', async () => {
    const pool = new Pool({ workers: 1 });
    await parallelMap([1], leaveTimer, { pool });
    await later(300);
    const buffers = [transfer(new Uint8Array(8))];
    const [outcome] = await parallelMapSettled(buffers, (view) => view.length, { pool, timeout: 500 });
    // A race decides which of the two it is: the worker may have said that it listens, or not.
    if (outcome?.status === 'fulfilled') assert.deepEqual([outcome.value, outcome.attempts], [8, 1]);
    else assert.match(String(outcome?.status === 'rejected' && outcome.reason.message), /transferred/);
    await pool.close();
  });
});

describe('a long item without a time limit', () => {
  test('is left alone, however many times over it lasts the limits of a start', inFull, async () => {
    const pool = new Pool({ workers: 1, startTimeout: 4000 });
    const task = (ms: number): number => {
      const end = performance.now() + ms;
      while (performance.now() < end);
      return ms;
    };
    assert.deepEqual(await parallelMap([4500], task, { pool }), [4500]);
    await pool.close();
  });
});
