import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, parallelMapSettled, pipeline, TaskError } from 'telar';
import { census } from '../../census.ts';
import { double, echo } from '../../fixtures/tasks/computes.ts';
import { throwIfNegative } from '../../fixtures/tasks/throws.ts';
import { catchReason } from '../../harness/collect.ts';
import { until } from '../../harness/latch.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

interface Waiting {
  readonly items: readonly Promise<number>[];
  readonly resolve: (index: number) => void;
}

function makeWaiting(count: number): Waiting {
  const resolvers: ((value: number) => void)[] = [];
  const items = Array.from(
    { length: count },
    () =>
      new Promise<number>((resolve) => {
        resolvers.push(resolve);
      }),
  );
  return { items, resolve: (index) => resolvers[index]?.(index) };
}

describe('promises among the items', () => {
  it('are awaited, beside plain items', async () => {
    const items = [1, Promise.resolve(2), 3, Promise.resolve(4)];
    assert.deepEqual(await parallelMap(items, double, { pool }), [2, 4, 6, 8]);
    assert.deepEqual(await parallelMap(new Set(items), double, { pool }), [2, 4, 6, 8]);
  });

  it('keep their order when they resolve backwards', async () => {
    const { items, resolve } = makeWaiting(10);
    const results = parallelMap(items, double, { pool });
    for (let index = 9; index >= 0; index--) {
      resolve(index);
      await Promise.resolve();
    }
    assert.deepEqual(
      await results,
      items.map((_, index) => index * 2),
    );
  });

  it('may be more than are awaited at once', async () => {
    const { items, resolve } = makeWaiting(200);
    const results = parallelMap(items, double, { pool });
    for (let index = 199; index >= 0; index--) resolve(index);
    assert.deepEqual(
      await results,
      items.map((_, index) => index * 2),
    );
  });

  it('may come from a generator and may be thenables', async () => {
    class Later {
      readonly #item: number;
      constructor(item: number) {
        this.#item = item;
      }
      // oxlint-disable-next-line unicorn/no-thenable -- some libraries have promises of their own.
      then(done: (value: number) => void): void {
        done(this.#item);
      }
    }
    function* generate(): Generator<PromiseLike<number>> {
      for (let item = 0; item < 100; item++)
        yield item % 2 === 0 ? Promise.resolve(item) : (new Later(item) as unknown as PromiseLike<number>);
    }
    assert.deepEqual(
      await parallelMap(generate(), double, { pool }),
      Array.from({ length: 100 }, (_, index) => index * 2),
    );
  });

  it('that reject fail their own item', async () => {
    const reason = new RangeError('no such page');
    const items = [1, Promise.reject(reason), 3, Promise.reject(null as never)];
    const outcomes = await parallelMapSettled(items as Promise<number>[], double, { pool });
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
    );
    const failed = outcomes[1];
    assert.ok(failed?.status === 'rejected' && failed.reason instanceof TaskError);
    assert.equal(failed.reason.cause, reason);
    assert.equal(failed.reason.index, 1);
    assert.equal(failed.attempts, 0);
    assert.match(failed.reason.message, /^Item 1 is a promise that rejected: RangeError: no such page$/);
  });

  it('that reject make the call reject', async () => {
    const reason = await catchReason(
      parallelMap([1, Promise.reject(new Error('gone'))] as Promise<number>[], double, { pool }),
    );
    assert.ok(reason instanceof TaskError);
    assert.equal(reason.index, 1);
  });

  it('that reject are never unhandled, whenever that is', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    try {
      const rejectors: ((reason: unknown) => void)[] = [];
      const late = Array.from(
        { length: 100 },
        () => new Promise<number>((_, reject) => rejectors.push(reject)),
      );
      const reason = await catchReason(parallelMap([-1, ...late], throwIfNegative, { pool }));
      assert.ok(reason instanceof TaskError);
      assert.equal(reason.index, 0);
      for (const reject of rejectors) reject(new Error('late'));
      const already = Array.from({ length: 300 }, () => Promise.reject(new Error('already')));
      await catchReason(parallelMap(already, double, { pool }));
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });

  it('are read one by one by the reader, in order', async () => {
    const { items, resolve } = makeWaiting(5);
    const read: number[] = [];
    const reading = (async () => {
      for await (const result of parallelMapIterable(items, echo<number>, { pool })) read.push(result);
    })();
    resolve(1);
    resolve(0);
    await until(() => read.length === 2);
    for (const index of [4, 3, 2]) resolve(index);
    await reading;
    assert.deepEqual(read, [0, 1, 2, 3, 4]);
  });

  it('are abandoned when the call is aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const results = parallelMap([new Promise<number>(() => {})], double, { pool, signal: controller.signal });
    controller.abort(reason);
    assert.equal(await catchReason(results), reason);
  });
});

describe('promises that an asynchronous iterable gives as its items', () => {
  /** Gives an item as it is, unlike an async generator, which waits for what it yields. */
  const make = (): AsyncIterable<number | Promise<number>> & { closed: number } => ({
    closed: 0,
    [Symbol.asyncIterator]() {
      let given = 0;
      return {
        next: async () => {
          given++;
          const value = given === 3 ? Promise.reject(new RangeError('no third')) : Promise.resolve(given);
          return given > 4 ? { done: true, value: undefined } : { done: false, value };
        },
        return: async () => {
          this.closed++;
          return { done: true, value: undefined };
        },
      };
    },
  });

  it('fail their own item, and no other', async () => {
    const outcomes = await parallelMapSettled(make(), double, { pool });
    const values = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value : outcome.status,
    );
    assert.deepEqual(values, [2, 4, 'rejected', 8]);
    const letters: unknown[] = [];
    const rest = await pipeline(make())
      .cpu(double)
      .onError(({ error }) => letters.push((error.cause as Error).message))
      .toArray({ pool });
    assert.deepEqual([rest, letters], [[2, 4, 8], ['no third']]);
  });

  it('end a call with the item, and close the iterable', async () => {
    const input = make();
    const reason = await catchReason(parallelMap(input, double, { pool }));
    assert.ok(reason instanceof TaskError && reason.index === 2 && reason.cause instanceof RangeError);
    assert.equal(input.closed, 1);
  });
});

describe('promises in front of a batch', () => {
  it('are awaited, and end the run where they reject', async () => {
    const items = [Promise.resolve(1), 2, Promise.resolve(3)];
    assert.deepEqual(await pipeline(items).batch(2).toArray(), [[1, 2], [3]]);
    const failing = [1, Promise.reject(new RangeError('no second')), 3];
    await assert.rejects(pipeline(failing).batch(2).toArray(), { name: 'RangeError', message: 'no second' });
  });
});
