import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CloneError,
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  type RetryOptions,
  type RunSummary,
  TaskError,
  type TelarError,
  transfer,
  WorkerError,
} from 'telar';
import { census } from '../../census.ts';
import { readContext } from '../../fixtures/tasks/reads-context.ts';
import { failAfterTaking } from '../../fixtures/tasks/transfers.ts';
import { succeedAt, type Trial } from '../../fixtures/tasks/tries.ts';
import { returnKind } from '../../fixtures/tasks/uncloneable.ts';
import { catchReason, collect } from '../../harness/collect.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

const trials: readonly Trial[] = Array.from({ length: 23 }, (_, value) => ({
  value,
  succeedsAt: 1 + (value % 3),
}));

describe('a failed item', () => {
  for (const chunkSize of [1, 5, undefined]) {
    it(`is tried again, and keeps its place, in chunks of ${chunkSize ?? 'any size'}`, async () => {
      let summary: RunSummary | undefined;
      const options = {
        pool,
        chunkSize,
        retries: 2,
        onSummary: (given: RunSummary) => void (summary = given),
      };
      const expected = trials.map(({ value, succeedsAt }) => [value, succeedsAt]);
      assert.deepEqual(await parallelMap(trials, succeedAt, options), expected);
      assert.equal(summary?.failed, 0);
      assert.equal(summary?.items, trials.length);
      assert.equal(
        summary?.retried,
        trials.reduce((sum, { succeedsAt }) => sum + succeedsAt - 1, 0),
      );
      assert.deepEqual(await collect(parallelMapIterable(trials, succeedAt, options)), expected);
      const settled = await parallelMapSettled(trials, succeedAt, options);
      assert.deepEqual(
        settled.map(({ index, attempts }) => [index, attempts]),
        expected,
      );
    });
  }

  it('fails in the end with the number of its tries, and the last error', async () => {
    const outcomes = await parallelMapSettled(trials, succeedAt, { pool, retries: 1 });
    for (const outcome of outcomes) {
      const { succeedsAt, value } = trials[outcome.index] as Trial;
      if (succeedsAt <= 2) {
        assert.equal(outcome.status, 'fulfilled');
        assert.equal(outcome.attempts, succeedsAt);
      } else {
        assert.ok(outcome.status === 'rejected' && outcome.reason instanceof TaskError);
        assert.equal(outcome.reason.attempts, 2);
        assert.equal(outcome.attempts, 2);
        assert.match(outcome.reason.message, new RegExp(`try 2 of ${value}$`));
      }
    }
  });

  it('is tried again when its worker died', async () => {
    const dying = [0, 1, 2].map((value) => ({ value, succeedsAt: value === 1 ? 3 : 1, dies: true }));
    const results = await parallelMap(dying, succeedAt, { pool, retries: 2 });
    assert.deepEqual(results, [
      [0, 1],
      [1, 3],
      [2, 1],
    ]);
    const reason = await catchReason(parallelMap(dying, succeedAt, { pool, retries: 1 }));
    assert.ok(reason instanceof WorkerError);
    assert.equal(reason.index, 1);
    assert.equal(reason.attempts, 2);
  });

  it('is not tried again without the option', async () => {
    await assert.rejects(parallelMap(trials, succeedAt, { pool }), { name: 'TaskError', attempts: 1 });
  });

  it('is not tried again when its result cannot cross', async () => {
    const [outcome] = await parallelMapSettled(['function'], returnKind, { pool, retries: 3 });
    assert.ok(outcome?.status === 'rejected' && outcome.reason instanceof CloneError);
    assert.equal(outcome.attempts, 1);
  });

  it('is not tried again when its buffers were handed over', async () => {
    const items = [transfer(new Uint8Array(3))];
    const [outcome] = await parallelMapSettled(items, failAfterTaking, { pool, retries: 3 });
    assert.ok(outcome?.status === 'rejected');
    assert.equal(outcome.attempts, 1);
    assert.match(outcome.reason.message, /took 3$/);
  });
});

describe('retries with options', () => {
  it('ask `when` with the error of the item, on this thread', async () => {
    const asked: TelarError[] = [];
    const retries: RetryOptions = {
      retries: 5,
      when: (error) => {
        asked.push(error);
        return error instanceof TaskError && error.index !== 2;
      },
    };
    const outcomes = await parallelMapSettled(trials.slice(0, 4), succeedAt, { pool, retries });
    assert.deepEqual(
      outcomes.map(({ status, attempts }) => [status, attempts]),
      [
        ['fulfilled', 1],
        ['fulfilled', 2],
        ['rejected', 1],
        ['fulfilled', 1],
      ],
    );
    assert.deepEqual(new Set(asked.map((error) => (error as TaskError).index)), new Set([1, 2]));
  });

  it('ask `delay` with the number of tries so far', async () => {
    const asked: number[] = [];
    const delay = (attempts: number): number => {
      asked.push(attempts);
      return attempts;
    };
    const [result] = await parallelMap([{ value: 7, succeedsAt: 4 }], succeedAt, {
      pool,
      retries: { retries: 3, delay },
    });
    assert.deepEqual(result, [7, 4]);
    assert.deepEqual(asked, [1, 2, 3]);
  });

  it('take a delay in milliseconds, which an abort does not wait for', async () => {
    const results = await parallelMap(trials, succeedAt, { pool, retries: { retries: 2, delay: 1 } });
    assert.equal(results.length, trials.length);
    const controller = new AbortController();
    const waiting = parallelMap([{ value: 1, succeedsAt: 2 }], succeedAt, {
      pool,
      signal: controller.signal,
      retries: {
        retries: 1,
        delay: 2 ** 31 - 1,
        when: () => (setImmediate(() => controller.abort('enough')), true),
      },
    });
    assert.equal(await catchReason(waiting), 'enough');
  });

  it('whose functions throw end the call with that error', async () => {
    const failure = new Error('of the function');
    const fail = (): never => {
      throw failure;
    };
    for (const retries of [
      { retries: 1, when: fail },
      { retries: 1, delay: fail },
    ]) {
      assert.equal(await catchReason(parallelMap(trials, succeedAt, { pool, retries })), failure);
    }
  });
});

describe('the context of a task', () => {
  it('says which try it is, and that nobody wants it to stop', async () => {
    const contexts = await parallelMap(['a', 'b', 'c'], readContext, { pool });
    assert.deepEqual(
      contexts,
      [0, 1, 2].map((index) => ({ index, attempt: 1, aborted: false, signalled: false })),
    );
  });
});
