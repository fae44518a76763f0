import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CaptureError,
  CloneError,
  currentContext,
  parallelMap,
  Pool,
  TaskError,
  TaskTimeoutError,
  WorkerError,
} from '../../src/index.ts';
import { sharedPool } from '../../src/flow/pool/pool.ts';
import { census } from '../census.ts';
import { failAs, list } from '../fixtures/tasks/called.ts';
import {
  attemptBelow,
  failUntilAttempt,
  loopUntilAborted,
  nestContexts,
  waitUntilAborted,
} from '../fixtures/tasks/below.ts';
import { catchReason } from '../harness/collect.ts';
import { inFull } from '../harness/long.ts';
import { usePool } from '../harness/pool.ts';

census({ settle: () => sharedPool().close() });
const pool = usePool(undefined, { Pool, parallelMap });

describe('a call that fails', () => {
  it('rejects with what the task threw, and the place of its own call', async () => {
    const error = await catchReason(pool.run(failAs, ['throw', 4]));
    assert.ok(error instanceof TaskError);
    assert.equal(error.message, 'The call of `failAs` failed: RangeError: no 4');
    assert.equal((error.cause as { code?: string }).code, 'E_NO');
    assert.equal(error.item, "['throw', 4]");
    assert.equal(error.index, 0);
    assert.equal(error.attempts, 1);
    assert.match(String(error.stack?.split('\n')[1]), /failures\.test\.js/);
  });

  it('leaves the calls that travel with it alone', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 500 }, (_, n) => pool.run(failAs, [n % 7 === 0 ? 'throw' : 'give', n])),
    );
    outcomes.forEach((outcome, n) => {
      if (n % 7 !== 0) assert.deepEqual(outcome, { status: 'fulfilled', value: n });
      else assert.equal(outcome.status === 'rejected' && outcome.reason.cause.message, `no ${n}`);
    });
  });

  for (const isolate of ['thread', 'process', 'suspects'] as const) {
    // Suspects run on threads and in processes: `npm test` has both in them.
    const options = isolate === 'process' ? inFull : {};
    it(`is blamed alone for the end of its worker: isolate '${isolate}'`, options, async () => {
      await using own = new Pool({ workers: 2, isolate });
      const outcomes = await Promise.allSettled(
        Array.from({ length: 60 }, (_, n) => own.run(failAs, [n % 20 === 7 ? 'exit' : 'give', n])),
      );
      outcomes.forEach((outcome, n) => {
        if (n % 20 !== 7) assert.deepEqual(outcome, { status: 'fulfilled', value: n });
        else {
          const reason: unknown = outcome.status === 'rejected' && outcome.reason;
          assert.ok(reason instanceof WorkerError, String(reason));
          assert.equal(reason.exitCode, n);
        }
      });
    });
  }

  it('names the argument, or the result, that cannot cross', async () => {
    const argument = await catchReason(pool.run(list, [1, { deep: [() => 1] }]));
    assert.ok(argument instanceof CloneError);
    assert.equal(argument.path, 'args[1].deep[0]');
    const result = await catchReason(pool.run(() => ({ fn: () => 1 }), []));
    assert.ok(result instanceof CloneError);
    assert.equal(result.path, 'result.fn');
    const around = await Promise.allSettled([1, () => 1, 2].map((value) => pool.run(list, [value])));
    assert.deepEqual(
      around.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
  });

  it('rejects before it begins where its task cannot travel', async () => {
    let count = 0;
    const error = await catchReason(pool.run(() => count++, []));
    assert.ok(error instanceof CaptureError);
    assert.equal(count, 0);
  });

  it('is tried again as its rules say', async () => {
    const tries = new Int32Array(new SharedArrayBuffer(4));
    const failTwice = (cells: Int32Array): number => {
      const before = Atomics.add(cells, 0, 1);
      if (before < 2) throw new Error(`try ${before}`);
      return before;
    };
    assert.equal(await pool.run(failTwice, [tries], { retries: 2 }), 2);
    tries[0] = 0;
    const seen: string[] = [];
    const rules = {
      retries: 5,
      delay: (attempts: number) => attempts,
      when: ({ message }: Error) => seen.push(message) < 2,
    };
    const error = await catchReason(pool.run(failTwice, [tries], { retries: rules }));
    assert.ok(error instanceof TaskError);
    assert.equal(error.attempts, 2);
    assert.deepEqual(seen, [
      'The call of `failTwice` failed: Error: try 0',
      'The call of `failTwice` failed: Error: try 1',
    ]);
    const thrown = await catchReason(
      pool.run(failAs, ['throw', 1], {
        retries: {
          retries: 1,
          when: () => {
            throw new TypeError('in the rules');
          },
        },
      }),
    );
    assert.equal(String(thrown), 'TypeError: in the rules');
  });

  it('is told its try, and that it should stop, anywhere below the task', async () => {
    assert.equal(currentContext(), undefined);
    assert.equal(await pool.run(attemptBelow, []), 1);
    assert.equal(await pool.run(failUntilAttempt, [3], { retries: 4 }), 3);
    for (const task of [loopUntilAborted, waitUntilAborted]) {
      const cells = new Int32Array(new SharedArrayBuffer(8));
      // A worker that waits for a core longer than its grace is stopped before it sees that it should stop.
      for (let tries = 0; Atomics.load(cells, 1) === 0; tries++) {
        assert.ok(tries < 20, 'it is never told to stop');
        Atomics.store(cells, 0, 0);
        const controller = new AbortController();
        const call = catchReason(pool.run(task, [cells], { signal: controller.signal }));
        while (Atomics.load(cells, 0) === 0) await new Promise(setImmediate);
        controller.abort(new Error('enough'));
        assert.equal(String(await call), 'Error: enough');
      }
    }
  });

  it('has a context of its own beside those that run on the same thread', async () => {
    assert.deepEqual(await pool.run(nestContexts, [3], { retries: 1 }), [2, [1, 2, 1, 2, 1, 2], 2]);
  });

  it('ends at its time limit, and no other call with it', async () => {
    const calls = Array.from({ length: 20 }, (_, n) =>
      pool.run(failAs, [n === 5 ? 'loop' : 'give', n], { timeout: 300 }),
    );
    const outcomes = await Promise.allSettled(calls);
    outcomes.forEach((outcome, n) => {
      if (n !== 5) assert.deepEqual(outcome, { status: 'fulfilled', value: n });
      else assert.ok(outcome.status === 'rejected' && outcome.reason instanceof TaskTimeoutError);
    });
  });
});
