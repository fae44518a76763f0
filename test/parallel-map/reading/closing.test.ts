import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, parallelMapSettled } from 'telar';
import { census } from '../../census.ts';
import { double, echo, mix } from '../../fixtures/tasks/computes.ts';
import { neverSettles } from '../../fixtures/tasks/never-returns.ts';
import { throwIfNegative } from '../../fixtures/tasks/throws.ts';
import { waitForLatch } from '../../fixtures/tasks/waits.ts';
import { catchReason, collect } from '../../harness/collect.ts';
import { Latch } from '../../harness/latch.ts';
import { makeNumbers } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

/** A source that says how often it was closed, with a `return` of the test's choice. */
function watch<T>(
  next: (call: number) => IteratorResult<T>,
  close: () => unknown = () => ({ done: true, value: undefined }),
): { items: Iterable<T>; asyncItems: AsyncIterable<T>; closed: number } {
  const watched = { items: {}, asyncItems: {}, closed: 0 } as ReturnType<typeof watch<T>>;
  let calls = 0;
  const iterator = {
    next: () => next(calls++),
    return: () => {
      watched.closed++;
      return close();
    },
  };
  watched.items = { [Symbol.iterator]: () => iterator as Iterator<T> };
  watched.asyncItems = { [Symbol.asyncIterator]: () => iterator as unknown as AsyncIterator<T> };
  return watched;
}

const count = (call: number): IteratorResult<number> => ({ done: false, value: call });

describe('the source is closed once', () => {
  it('when the reader breaks', async () => {
    const watched = watch(count);
    for await (const result of parallelMapIterable(watched.items, double, { pool })) if (result === 10) break;
    assert.equal(watched.closed, 1);
  });

  it('when the reader throws, and the error is the reader’s', async () => {
    const watched = watch(count);
    const failure = new Error('of the reader');
    const reason = await catchReason(
      (async () => {
        for await (const _ of parallelMapIterable(watched.items, double, { pool })) throw failure;
      })(),
    );
    assert.equal(reason, failure);
    assert.equal(watched.closed, 1);
  });

  it('when an item fails', async () => {
    const watched = watch((call) => ({ done: false, value: call === 5 ? -1 : call }));
    await assert.rejects(parallelMap(watched.items, throwIfNegative, { pool }), { index: 5 });
    assert.equal(watched.closed, 1);
    const read = watch((call) => ({ done: false, value: call === 5 ? -1 : call }));
    await assert.rejects(collect(parallelMapIterable(read.asyncItems, throwIfNegative, { pool })), {
      index: 5,
    });
    assert.equal(read.closed, 1);
  });

  it('when it aborts its call while it is asked for an item', async () => {
    const controller = new AbortController();
    let closed = 0;
    function* abortAtThree(): Generator<number> {
      try {
        for (let item = 0; ; item++) {
          if (item === 3) controller.abort('enough');
          yield item;
        }
      } finally {
        closed++;
      }
    }
    const options = { pool, signal: controller.signal };
    await assert.rejects(parallelMap(abortAtThree(), double, options), (reason) => reason === 'enough');
    assert.equal(closed, 1);
  });

  it('and never when it has ended', async () => {
    const watched = watch((call) => ({ done: call >= 20, value: call }));
    await parallelMap(watched.items, double, { pool });
    await parallelMap(watched.asyncItems, double, { pool });
    assert.equal(watched.closed, 0);
  });

  it('and never when it threw by itself', async () => {
    const failure = new Error('of the source');
    for (const form of ['items', 'asyncItems'] as const) {
      const watched = watch<number>((call) => {
        if (call >= 7) throw failure;
        return { done: false, value: call };
      });
      assert.equal(await catchReason(parallelMap(watched[form], double, { pool })), failure);
      assert.equal(await catchReason(parallelMapSettled(watched[form], double, { pool })), failure);
      assert.equal(watched.closed, 0);
    }
  });
});

describe('a source that throws midway', () => {
  it('is heard by the reader after the results that were on their way, or instead of them', async () => {
    function* generate(): Generator<number> {
      yield 1;
      yield 2;
      throw new RangeError('of the source');
    }
    const read: number[] = [];
    const reason = await catchReason(
      (async () => {
        for await (const result of parallelMapIterable(generate(), double, { pool })) read.push(result);
      })(),
    );
    assert.ok(reason instanceof RangeError);
    assert.deepEqual(read, [2, 4].slice(0, read.length));
  });

  it('may throw anything, also undefined', async () => {
    const watched = watch<number>(() => {
      // oxlint-disable-next-line typescript/only-throw-error -- this is the point.
      throw undefined;
    });
    assert.equal(await catchReason(parallelMap(watched.items, double, { pool })), undefined);
    assert.equal(await catchReason(collect(parallelMapIterable(watched.items, double, { pool }))), undefined);
  });
});

describe('a source whose return', () => {
  const failure = new Error('of return');
  const throwFailure = (): never => {
    throw failure;
  };

  it('throws makes a call that went well reject', async () => {
    const watched = watch(count, throwFailure);
    const reason = await catchReason(
      (async () => {
        for await (const _ of parallelMapIterable(watched.items, double, { pool })) break;
      })(),
    );
    assert.equal(reason, failure);
  });

  it('throws does not hide what failed before', async () => {
    const watched = watch(() => ({ done: false, value: -1 }), throwFailure);
    await assert.rejects(parallelMap(watched.items, throwIfNegative, { pool }), {
      name: 'TaskError',
    });
  });

  it('never resolves does not hold up the call', async () => {
    const watched = watch(count, () => new Promise(() => {}));
    for await (const _ of parallelMapIterable(watched.asyncItems, double, { pool })) break;
    assert.equal(watched.closed, 1);
  });

  it('has to wait for a `next` that never resolves does not hold up the call', async () => {
    async function* generate(): AsyncGenerator<number> {
      yield 1;
      await new Promise(() => {});
    }
    for await (const result of parallelMapIterable(generate(), double, { pool })) {
      assert.equal(result, 2);
      break;
    }
  });
});

describe('leaving frees the workers', () => {
  it('while one waits for something that never comes', async () => {
    for await (const result of parallelMapIterable([1, 2, -1, 3], neverSettles, { pool, chunkSize: 1 })) {
      if (result === 2) break;
    }
    assert.deepEqual(await parallelMap([4], echo<number>, { pool }), [4]);
  });

  it('while both are blocked', async () => {
    const latch = new Latch();
    const items = [0, 1].map((value) => ({ cells: latch.cells, value }));
    const reader = parallelMapIterable(items, waitForLatch, { pool, chunkSize: 1 })[Symbol.asyncIterator]();
    const waiting = reader.next();
    await latch.awaitArrivals(2);
    await reader.return?.();
    assert.deepEqual(await waiting, { done: true, value: undefined });
    assert.deepEqual(await parallelMap([4, 5], echo<number>, { pool }), [4, 5]);
  });
});

describe('a reader may', () => {
  it('ask for several results at once', async () => {
    const items = makeNumbers(10, 1);
    const reader = parallelMapIterable(items, mix, { pool })[Symbol.asyncIterator]();
    const steps = await Promise.all(Array.from({ length: 13 }, () => reader.next()));
    assert.deepEqual(
      steps.map(({ value }) => value as number | undefined),
      [...items.map(mix), undefined, undefined, undefined],
    );
  });

  it('leave while it waits for a result', async () => {
    const reader = parallelMapIterable([-1], neverSettles, { pool })[Symbol.asyncIterator]();
    const waiting = reader.next();
    assert.deepEqual(await reader.return?.(), { done: true, value: undefined });
    assert.deepEqual(await waiting, { done: true, value: undefined });
  });

  it('leave twice', async () => {
    const reader = parallelMapIterable([1, 2], double, { pool })[Symbol.asyncIterator]();
    await reader.next();
    const ends = await Promise.all([reader.return?.(), reader.return?.()]);
    assert.deepEqual(ends, [
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  it('hear of a failure once, and of the end after that', async () => {
    const reader = parallelMapIterable([-1], throwIfNegative, { pool })[Symbol.asyncIterator]();
    await assert.rejects(reader.next(), { index: 0 });
    assert.deepEqual(await reader.next(), { done: true, value: undefined });
  });

  it('read an array twice', async () => {
    const results = parallelMapIterable([1, 2, 3], double, { pool });
    assert.deepEqual(await collect(results), [2, 4, 6]);
    assert.deepEqual(await collect(results), [2, 4, 6]);
    assert.deepEqual(await Promise.all([collect(results), collect(results)]), [
      [2, 4, 6],
      [2, 4, 6],
    ]);
  });
});
