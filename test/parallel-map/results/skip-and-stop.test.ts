import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, parallelMapSettled, Pool, type RunSummary } from 'telar';
import { census } from '../../census.ts';
import { skipAll, skipOdd, stopAtNegative } from '../../fixtures/tasks/generates.ts';
import { collect } from '../../harness/collect.ts';
import { makeNumbers, oddSizes } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

describe('skip', () => {
  for (const size of oddSizes) {
    it(`leaves no result, among ${size} items`, async () => {
      const items = makeNumbers(size, size);
      const expected = items.filter((item) => item % 2 === 0);
      let summary: RunSummary | undefined;
      const onSummary = (given: RunSummary): void => void (summary = given);
      assert.deepEqual(await parallelMap(items, skipOdd, { pool, chunkSize: 10, onSummary }), expected);
      assert.equal(summary?.skipped, size - expected.length);
      assert.deepEqual(await collect(parallelMapIterable(items, skipOdd, { pool })), expected);
      const loose = await collect(parallelMapIterable(items, skipOdd, { pool, ordered: false }));
      assert.deepEqual(loose.sort(compare), expected.sort(compare));
    });
  }

  it('is an outcome of its own in parallelMapSettled', async () => {
    assert.deepEqual(await parallelMapSettled([2, 3], skipOdd, { pool }), [
      { status: 'fulfilled', value: 2, index: 0, attempts: 1 },
      { status: 'skipped', index: 1, attempts: 1 },
    ]);
  });

  it('may be all that there is', async () => {
    assert.deepEqual(await parallelMap(makeNumbers(101, 1), skipAll, { pool }), []);
    assert.deepEqual(await collect(parallelMapIterable(makeNumbers(101, 1), skipAll, { pool })), []);
  });
});

describe('stop', () => {
  for (const at of [0, 1, 9, 10, 11, 96]) {
    for (const chunkSize of [1, 10, undefined]) {
      it(`at item ${at} leaves what is before it, in chunks of ${chunkSize ?? 'any size'}`, async () => {
        const items = Array.from({ length: 97 }, (_, index) => (index === at ? -1 : index));
        const expected = items.slice(0, at);
        const options = { pool, chunkSize };
        assert.deepEqual(await parallelMap(items, stopAtNegative, options), expected);
        assert.deepEqual(await collect(parallelMapIterable(items, stopAtNegative, options)), expected);
        const settled = await parallelMapSettled(items, stopAtNegative, options);
        assert.deepEqual(
          settled,
          expected.map((value, index) => ({ status: 'fulfilled', value, index, attempts: 1 })),
        );
      });
    }
  }

  it('waits for items before it that are smaller, where the largest run first', async () => {
    const items = Array.from({ length: 40 }, (_, index) => (index === 30 ? -1 : index));
    const options = { pool, chunkSize: 1, cost: (item: number): number => (item === -1 ? 100 : item % 7) };
    assert.deepEqual(await parallelMap(items, stopAtNegative, options), items.slice(0, 30));
    assert.equal((await parallelMapSettled(items, stopAtNegative, options)).length, 30);
  });

  it('counts by place, not by time: the first of several', async () => {
    const items = Array.from({ length: 200 }, (_, index) => (index >= 50 ? -1 : index));
    assert.deepEqual(await parallelMap(items, stopAtNegative, { pool, chunkSize: 7 }), items.slice(0, 50));
  });

  it('ends an endless source, and closes it', async () => {
    let closed = 0;
    function* generate(): Generator<number> {
      try {
        for (let item = 0; ; item++) yield item === 500 ? -1 : item;
      } finally {
        closed++;
      }
    }
    assert.equal((await parallelMap(generate(), stopAtNegative, { pool })).length, 500);
    assert.equal((await collect(parallelMapIterable(generate(), stopAtNegative, { pool }))).length, 500);
    assert.equal(closed, 2);
  });

  it('ends the results with ordered: false when it is met, here after all that is before it', async () => {
    const one = new Pool({ workers: 1 });
    try {
      const options = { pool: one, ordered: false, chunkSize: 3 };
      assert.deepEqual(await collect(parallelMapIterable([0, 1, -1, 2], stopAtNegative, options)), [0, 1]);
    } finally {
      await one.close();
    }
  });
});

function compare(a: number, b: number): number {
  return a - b;
}
