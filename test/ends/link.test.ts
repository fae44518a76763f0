import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parallelMap, parallelMapSettled, Pool } from 'telar';
import { census } from '../census.ts';
import { double } from '../fixtures/tasks/computes.ts';
import { listThreadData, sayOver } from '../fixtures/hostile/link.ts';

census();

describe('the link of a thread', () => {
  test('is nothing that a task finds in `workerData`', async () => {
    await using pool = new Pool({ workers: 1 });
    assert.deepEqual(await parallelMap([1], listThreadData, { pool }), [['telar']]);
  });

  test('over which a task says that its session is over leaves each call an end, and the pool whole', async () => {
    const pool = new Pool({ workers: 1 });
    const outcomes = await parallelMapSettled([1, 2, 3], sayOver, { pool, chunkSize: 1 });
    assert.equal(outcomes.length, 3);
    for (const [at, outcome] of outcomes.entries())
      if (outcome.status === 'fulfilled') assert.equal(outcome.value, 2 * (at + 1));
    assert.deepEqual(await parallelMap([1, 2], double, { pool }), [2, 4]);
    await pool.close();
  });
});
