import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapSettled, Pool } from 'telar';
import { census } from '../../census.ts';
import { mix, pairWithIndex } from '../../fixtures/tasks/computes.ts';
import { recordStart } from '../../fixtures/tasks/records.ts';
import { throwSeventh } from '../../fixtures/tasks/throws.ts';
import { makeNumbers, oddSizes } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

describe('with a cost', () => {
  for (const size of oddSizes) {
    it(`results are in input order, of ${size} items`, async () => {
      const items = makeNumbers(size, size);
      for (const chunkSize of [undefined, 1, 10]) {
        const options = { pool, chunkSize, cost: (item: number) => item % 1000 };
        assert.deepEqual(await parallelMap(items, mix, options), items.map(mix));
        assert.deepEqual(
          await parallelMap(items, pairWithIndex<number>, options),
          items.map((item, index) => [item, index]),
        );
      }
    });
  }

  it('the largest start first, equal ones in their order', async () => {
    const one = new Pool({ workers: 1 });
    try {
      const cells = new Int32Array(new SharedArrayBuffer(4 * 101));
      const costs = makeNumbers(100, 3).map((number) => number % 10);
      const items = costs.map((cost, position) => ({ cells, position, cost }));
      await parallelMap(items, recordStart, { pool: one, cost: ({ cost }) => cost });
      const expected = [...costs.keys()].sort((a, b) => (costs[b] ?? 0) - (costs[a] ?? 0) || a - b);
      assert.deepEqual([...cells.subarray(1)], expected);
    } finally {
      await one.close();
    }
  });

  it('failures are in their places', async () => {
    const items = makeNumbers(50, 1);
    const outcomes = await parallelMapSettled(items, throwSeventh, { pool, cost: (item) => item });
    outcomes.forEach((outcome, index) => {
      assert.equal(outcome.index, index);
      assert.equal(outcome.status, index % 7 === 6 ? 'rejected' : 'fulfilled');
    });
  });

  it('all costs may be the same, or nothing', async () => {
    const items = makeNumbers(101, 1);
    for (const cost of [0, 1, 1e300])
      assert.deepEqual(await parallelMap(items, mix, { pool, cost: () => cost }), items.map(mix));
  });

  it('items may be promises, and one that rejects fails in its place', async () => {
    const items = makeNumbers(50, 2).map((item, index) =>
      index % 7 === 6 ? Promise.reject(new RangeError(`promise ${index}`)) : Promise.resolve(item),
    );
    let asked = 0;
    const outcomes = await parallelMapSettled(items, mix, { pool, cost: () => asked++ % 5 });
    const numbers = makeNumbers(50, 2);
    outcomes.forEach((outcome, index) => {
      assert.equal(outcome.index, index);
      if (index % 7 === 6)
        assert.ok(outcome.status === 'rejected' && outcome.reason.message.includes(`promise ${index}`));
      else assert.ok(outcome.status === 'fulfilled' && outcome.value === mix(numbers[index] ?? 0));
    });
    assert.equal(outcomes.length, 50);
  });
});

describe('a cost is refused', () => {
  it('for an input that is no array', async () => {
    await assert.rejects(parallelMap(new Set([1]), mix, { pool, cost: () => 1 }), {
      name: 'TypeError',
      message: /Expected an array as the input of a call with `cost`, got a Set/,
    });
  });

  for (const bad of [-1, Number.NaN, Infinity, 'large', undefined]) {
    it(`that is ${String(bad)}`, async () => {
      const cost = (item: number): number => (item === 2 ? (bad as number) : 1);
      await assert.rejects(parallelMap([1, 2], mix, { pool, cost }), {
        name: 'RangeError',
        message: /Expected `cost` to return a finite number from 0, got .* for item 1/,
      });
    });
  }

  it('that is a promise, whose failure nobody hears of besides', async () => {
    const cost = (async () => await Promise.reject(new Error('too late'))) as never;
    await assert.rejects(parallelMap([1, 2], mix, { pool, cost }), /got a Promise for item 0/);
  });

  it('that throws, with its own error', async () => {
    const failure = new Error('of the function');
    const cost = (): number => {
      throw failure;
    };
    await assert.rejects(parallelMap([1], mix, { pool, cost }), (reason) => reason === failure);
  });
});
