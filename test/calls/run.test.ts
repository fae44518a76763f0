import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  importTasks,
  parallelMap,
  Pool,
  run,
  skip,
  stop,
  TaskError,
  transfer,
  WorkerError,
} from '../../src/index.ts';
import { sharedPool } from '../../src/flow/pool/pool.ts';
import { census } from '../census.ts';
import { add, addLater, climb, countTo, failAs, hold, list, shareOut } from '../fixtures/tasks/called.ts';
import { getThread } from '../fixtures/tasks/computes.ts';
import { catchReason } from '../harness/collect.ts';
import { usePool } from '../harness/pool.ts';

census({ settle: () => sharedPool().close() });
const pool = usePool(undefined, { Pool, parallelMap });

describe('run', () => {
  it('calls a task with its arguments and nothing more', async () => {
    assert.equal(await run(add, [1, 2]), 3);
    assert.equal(await pool.run(add, [1]), 2);
    assert.deepEqual(await pool.run(list, []), { count: 0, args: [] });
    assert.deepEqual(await pool.run(list, [{ a: 1 }, 'b', undefined, null]), {
      count: 4,
      args: [{ a: 1 }, 'b', undefined, null],
    });
    const rate = 3;
    assert.equal(await pool.run((a: number, b: number) => (a + b) * rate, [1, 2]), 9);
    assert.equal(await pool.run(addLater, [1, 2]), 3);
  });

  it('gives the array of what a generator yields, and undefined for `skip` and `stop`', async () => {
    assert.deepEqual(await pool.run(countTo, [3]), [0, 1, 2]);
    assert.deepEqual(await pool.run(countTo, [30]), [0, 1, 2, 3]);
    assert.deepEqual(await pool.run(countTo, [0]), []);
    assert.equal(await pool.run(() => skip, []), undefined);
    assert.equal(await pool.run(() => stop, []), undefined);
    // Calls that travel with one that stops have their own outcome.
    const mixed = Array.from({ length: 50 }, (_, n) => pool.run(countTo, [n % 6]));
    assert.deepEqual(
      await Promise.all(mixed),
      Array.from({ length: 50 }, (_, n) => [0, 1, 2, 3].slice(0, n % 6)),
    );
  });

  for (const count of [1, 2, 5, 997, 5000]) {
    it(`gives each of ${count} calls at once its own result`, async () => {
      const results = await Promise.all(Array.from({ length: count }, (_, n) => pool.run(add, [n, n])));
      assert.deepEqual(
        results,
        Array.from({ length: count }, (_, n) => 2 * n),
      );
    });
  }

  it('uses all workers for calls that are made at once', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const held = [pool.run(hold, [cells]), pool.run(hold, [cells])];
    while (Atomics.load(cells, 0) < 2) await new Promise(setImmediate);
    Atomics.store(cells, 1, 1);
    Atomics.notify(cells, 1);
    assert.deepEqual(new Set(await Promise.all(held)), new Set([0, 1]));
  });

  it('does not let calls wait for a long one that was made with them', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const quick = (what: Int32Array | number): number => {
      if (typeof what === 'number') return what;
      Atomics.add(what, 0, 1);
      Atomics.wait(what, 1, 0);
      return -1;
    };
    await pool.run(quick, [1]);
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    const calls = numbers.map((n) => pool.run(quick, [n === 50 ? cells : n]));
    const others = await Promise.all(calls.filter((_, n) => n !== 50));
    assert.deepEqual(
      others,
      numbers.filter((n) => n !== 50),
    );
    Atomics.store(cells, 1, 1);
    Atomics.notify(cells, 1);
    assert.equal(await calls[50], -1);
  });

  it('takes handles of importTasks', async () => {
    const tasks = importTasks<typeof import('../fixtures/tasks/called.ts')>(
      new URL('../fixtures/tasks/called.js', import.meta.url),
    );
    assert.equal(await pool.run(tasks.add, [3, 4]), 7);
    const missing = importTasks<{ no: () => void }>(new URL('../fixtures/tasks/called.js', import.meta.url));
    const error = await catchReason(pool.run(missing.no, []));
    assert.ok(error instanceof TaskError);
    assert.match(error.message, /has no export `no`/);
  });

  it('hands over what is marked, and leaves a copy of all else here', async () => {
    const given = new Uint8Array(100);
    assert.equal(await pool.run(shareOut, [transfer(given)]), 100);
    assert.equal(given.byteLength, 0);
    const kept = new Uint8Array(100);
    assert.equal(await pool.run(shareOut, [kept]), 100);
    assert.equal(kept.byteLength, 100);
  });

  it('runs inside a task on the thread of that task, to any depth', async () => {
    const threads = await pool.run(climb, [3]);
    assert.equal(threads.length, 15);
    assert.equal(new Set(threads).size, 1);
  });
});

describe('a call that is ended', () => {
  const reason = new Error('enough');

  it('rejects at once with the reason of a signal that has fired before', async () => {
    assert.equal(await catchReason(pool.run(add, [1], { signal: AbortSignal.abort(reason) })), reason);
  });

  it('rejects when its signal fires, also while it waits or never returns', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const calls = Array.from({ length: 6 }, () => catchReason(pool.run(hold, [cells], { signal })));
    while (Atomics.load(cells, 0) < 2) await new Promise(setImmediate);
    controller.abort(reason);
    for (const thrown of await Promise.all(calls)) assert.equal(thrown, reason);
    assert.equal(await pool.run(add, [1]), 2);
  });

  it('rejects when its pool is closed by force, and the pool refuses further calls', async () => {
    const own = new Pool({ workers: 1 });
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const calls = Array.from({ length: 4 }, () => catchReason(own.run(hold, [cells])));
    while (Atomics.load(cells, 0) < 1) await new Promise(setImmediate);
    await own.close({ force: true });
    for (const thrown of await Promise.all(calls)) {
      assert.ok(thrown instanceof WorkerError);
      assert.equal(thrown.reason, 'closed');
    }
    assert.match(String(await catchReason(own.run(add, [1]))), /The pool is closed/);
  });

  it('goes on where it rested, for more tasks and time limits than are kept, and where a worker has ended', async () => {
    const own = new Pool({ workers: 2 });
    const rest = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    for (let n = 0; n < 100; n++) {
      const timeout = 60_000 + (n % 50);
      assert.deepEqual(await Promise.all([own.run(add, [n], { timeout }), own.run(addLater, [n, 2])]), [
        n + 1,
        n + 2,
      ]);
      await rest();
      if (n % 25 === 0) assert.ok((await catchReason(own.run(failAs, ['exit', 1]))) instanceof WorkerError);
      if (n % 25 === 1) assert.deepEqual(await parallelMap([n], add, { pool: own }), [n]);
      await rest();
      assert.equal(own.stats().runs, 0);
    }
    await own.close();
  });

  it('has its outcome when its pool is closed', async () => {
    const own = new Pool({ workers: 1 });
    const calls = Array.from({ length: 100 }, (_, n) => own.run(add, [n]));
    await own.close();
    assert.equal((await Promise.all(calls)).length, 100);
  });
});

describe('the arguments of run', () => {
  const wrong: Record<string, [() => Promise<unknown>, RegExp]> = {
    'arguments that are no array': [
      () => run(add, 1 as never),
      /Expected the arguments as an array, as in run\(task, \[first, second\]\), got the number 1/,
    ],
    'a task that is none': [() => run('add' as never, [] as never), /Expected the task to be a function/],
    'the wrong order': [() => run([1] as never, add as never), /swapped: expected run\(task, args\)/],
    'an unknown option': [() => run(add, [1], { timout: 1 } as never), /Did you mean `timeout`/],
    'a pool of a pool': [() => pool.run(add, [1], { pool } as never), /Unknown option `pool`/],
    'a time that is none': [() => run(add, [1], { timeout: -1 }), /Expected `timeout`/],
    'a pool that is none': [() => run(add, [1], { pool: {} as never }), /Expected `pool` to be a Pool/],
  };
  for (const [name, [call, message]] of Object.entries(wrong)) {
    it(`are refused: ${name}`, async () => {
      assert.match(String(await catchReason(call())), message);
    });
  }

  it('keep the threads that they are called on', async () => {
    const threads = await Promise.all(Array.from({ length: 40 }, () => pool.run(getThread, [])));
    assert.ok(new Set(threads).size <= 2);
  });
});
