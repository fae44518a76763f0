import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CaptureError,
  parallelMap,
  parallelMapIterable,
  perWorker,
  pipeline,
  Pool,
  spawn,
  type TaskContext,
} from 'telar';
import { csv } from 'telar/files';
import { pages, session } from 'telar/http';
import { Mutex } from 'telar/memory';

class Counter {
  value(): number {
    return 1;
  }
}

test('an object of Telar that stays on its thread is refused in words of its user', async () => {
  const pool = new Pool({ workers: 1 });
  const rows = csv('nowhere.csv');
  const api = session({});
  const squares = pipeline([1]).cpu((n) => n * n);
  const results = parallelMapIterable([1], (n) => n, { pool });
  const users = pages('http://localhost:9', { items: (body: number[]) => body });
  const hold = await new Mutex().lock();
  const counter = await spawn(Counter);
  const { value } = counter;
  const refused: readonly (readonly [task: () => unknown, says: RegExp])[] = [
    [() => parallelMap([1], (n) => n, { pool }), /`pool` .*is a pool\. Leave it out: what a task calls/],
    [() => pipeline(rows).count(), /`rows` .*is a source of records\. Make it in the task/],
    [() => squares.count(), /`squares` .*is a pipeline\. Build it in the task/],
    [() => results, /`results` .*is an iterable of results that are read here\. Make the call in the task/],
    [() => users, /`users` .*is a source of pages\. Make it in the task/],
    [() => hold.release(), /`hold` .*is a lock or a permit that is held here\. Pass the Mutex/],
    [() => counter.value(), /`counter` .*is a spawned object\. It is called from the thread that spawned it/],
    [() => value(), /`value` .*is a method of a spawned object\. It is called from the thread/],
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
  await spawn.close(counter);
  await pool.close();
});

test('the context of a task is refused in the calls that the task makes', async () => {
  const task = async (n: number, _: number, context: TaskContext): Promise<unknown> =>
    parallelMap([n], () => context.attempt);
  await assert.rejects(
    parallelMap([1], task),
    /`context` .*is the context of the task that runs\. Copy what/,
  );
});

test('a value for each worker is the same one in the calls that a task makes', async () => {
  const offset = 5;
  const box = perWorker(() => ({ made: offset }));
  const task = async (n: number): Promise<unknown> => {
    const own = box();
    own.made += n;
    return (await parallelMap([n], (m) => [box().made, m]))[0];
  };
  assert.deepEqual(await parallelMap([1], task), [[6, 1]]);
});
