import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable } from 'telar';
import { census } from '../../census.ts';
import { echo, mix } from '../../fixtures/tasks/computes.ts';
import { failAfterLatch, throwIfNegative } from '../../fixtures/tasks/throws.ts';
import { type Held, waitForLatch } from '../../fixtures/tasks/waits.ts';
import { collect } from '../../harness/collect.ts';
import { Latch } from '../../harness/latch.ts';
import { makeNumbers, oddSizes } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

function holdFirst(count: number, { cells }: Latch): Held[] {
  return Array.from({ length: count }, (_, value) => ({ cells, value, isHeld: value === 0 }));
}

describe('in input order', () => {
  it('results wait for the one before them', async () => {
    const latch = new Latch();
    const reader = parallelMapIterable(holdFirst(8, latch), waitForLatch, { pool, chunkSize: 1 })[
      Symbol.asyncIterator
    ]();
    let hasRead = false;
    const first = reader.next().then((step) => {
      hasRead = true;
      return step;
    });
    await latch.awaitArrivals(8);
    assert.equal(hasRead, false);
    latch.open();
    assert.deepEqual(await first, { done: false, value: 0 });
    for (let value = 1; value < 8; value++) assert.deepEqual(await reader.next(), { done: false, value });
    assert.deepEqual(await reader.next(), { done: true, value: undefined });
  });

  it('a failure comes after the results before it', async () => {
    const read: number[] = [];
    await assert.rejects(
      async () => {
        for await (const result of parallelMapIterable([1, 2, 3, -4, 5, -6], throwIfNegative, { pool })) {
          read.push(result);
        }
      },
      { name: 'TaskError', index: 3 },
    );
    assert.deepEqual(read, [2, 4, 6]);
  });

  it('the failure that is thrown is the first in the input, not in time', async () => {
    const latch = new Latch();
    const items = [0, -1, -2].map((value) => ({ cells: latch.cells, value, isHeld: value === 0 }));
    const reading = collect(parallelMapIterable(items, failAfterLatch, { pool, chunkSize: 1 }));
    await latch.awaitArrivals(2);
    latch.open();
    await assert.rejects(reading, { name: 'TaskError', index: 0 });
  });
});

describe('with ordered: false', () => {
  it('results come as they are completed', async () => {
    const latch = new Latch();
    const options = { pool, chunkSize: 1, ordered: false };
    const read: number[] = [];
    for await (const value of parallelMapIterable(holdFirst(8, latch), waitForLatch, options)) {
      read.push(value);
      if (read.length === 7) latch.open();
    }
    assert.equal(read.at(-1), 0);
    assert.deepEqual([...read].sort(compare), [0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('every result comes once', async () => {
    for (const size of oddSizes) {
      const items = makeNumbers(size, size);
      const results = await collect(parallelMapIterable(items, mix, { pool, ordered: false }));
      assert.deepEqual(results.sort(compare), items.map(mix).sort(compare));
    }
  });

  it('a failure is thrown at once, also before results that are still on their way', async () => {
    const latch = new Latch();
    const items = [0, -1].map((value) => ({ cells: latch.cells, value, isHeld: value === 0 }));
    const options = { pool, chunkSize: 1, ordered: false };
    await assert.rejects(collect(parallelMapIterable(items, failAfterLatch, options)), {
      name: 'TaskError',
      index: 1,
    });
    latch.open();
  });
});

describe('parallelMap rejects at the first failure', () => {
  it('in time, while items before it still run', async () => {
    const latch = new Latch();
    const items = [0, -1].map((value) => ({ cells: latch.cells, value, isHeld: value === 0 }));
    await assert.rejects(parallelMap(items, failAfterLatch, { pool, chunkSize: 1 }), { index: 1 });
    latch.open();
  });

  it('and starts nothing after it', async () => {
    let pulled = 0;
    function* generate(): Generator<number> {
      for (;;) yield pulled++ === 20 ? -1 : 1;
    }
    await assert.rejects(parallelMap(generate(), throwIfNegative, { pool, chunkSize: 1 }), { index: 20 });
    const before = pulled;
    assert.deepEqual(await parallelMap([5], echo<number>, { pool }), [5]);
    assert.equal(pulled, before);
  });
});

function compare(a: number, b: number): number {
  return a - b;
}
