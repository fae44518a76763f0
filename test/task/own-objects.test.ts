import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptureError, parallelMap, pipeline, Pool } from 'telar';
import { csv } from 'telar/files';
import { session } from 'telar/http';

test('an object of Telar that stays on its thread is refused in words of its user', async () => {
  const pool = new Pool({ workers: 1 });
  const rows = csv('nowhere.csv');
  const api = session({});
  const refused: readonly (readonly [task: () => unknown, says: RegExp])[] = [
    [() => parallelMap([1], (n) => n, { pool }), /`pool` .*is a pool\. Leave it out: what a task calls/],
    [() => pipeline(rows).count(), /`rows` .*is a source of records\. Make it in the task/],
    [() => api.close(), /`api` .*is a session of `telar\/http`\. Make it in the worker with perWorker/],
  ];
  for (const [task, message] of refused) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other.
    await assert.rejects(parallelMap([1], task), (error) => {
      assert.ok(error instanceof CaptureError);
      assert.match(error.message, message);
      return true;
    });
  }
  await pool.close();
});
