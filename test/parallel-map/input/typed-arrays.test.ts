import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, parallelMapSettled } from 'telar';
import { census } from '../../census.ts';
import { describeItem, double, echo } from '../../fixtures/tasks/computes.ts';
import { throwSeventh } from '../../fixtures/tasks/throws.ts';
import { collect } from '../../harness/collect.ts';
import { makeNumbers } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

const classes = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
] as const;

describe('a typed array gives its elements', () => {
  for (const TypedArray of classes) {
    it(`of ${TypedArray.name}`, async () => {
      for (const size of [0, 1, 10, 101]) {
        const items = TypedArray.from(makeNumbers(size, size));
        const expected = Array.from(items, (item) => item * 2);
        assert.deepEqual(await parallelMap(items, double, { pool }), expected);
        assert.deepEqual(await parallelMap(items, double, { pool, chunkSize: 10 }), expected);
        assert.equal(items.length, size, 'the input was handed over');
      }
    });
  }

  for (const TypedArray of [BigInt64Array, BigUint64Array]) {
    it(`of ${TypedArray.name}`, async () => {
      const items = TypedArray.from([1n, 2n ** 62n, 3n]);
      assert.deepEqual(await parallelMap(items, echo<bigint>, { pool }), [...items]);
    });
  }

  it('of a Buffer, and only its own part of the memory behind it', async () => {
    const items = Buffer.from('weave');
    assert.deepEqual(
      await parallelMap(items, double, { pool }),
      Array.from(items, (byte) => byte * 2),
    );
    assert.equal(items.toString(), 'weave');
    assert.equal(Buffer.from('next').toString(), 'next');
  });

  it('of a view into the middle of a buffer', async () => {
    const items = new Uint16Array(new Uint16Array([1, 2, 3, 4, 5]).buffer, 2, 3);
    assert.deepEqual(await parallelMap(items, double, { pool, chunkSize: 2 }), [4, 6, 8]);
  });

  it('of shared memory', async () => {
    const items = new Int32Array(new SharedArrayBuffer(4 * 101));
    items.set(makeNumbers(101, 2));
    const expected = Array.from(items, (item) => item * 2);
    assert.deepEqual(await parallelMap(items, double, { pool, chunkSize: 10 }), expected);
    assert.deepEqual(await collect(parallelMapIterable(items, double, { pool })), expected);
  });

  it('as numbers, not as something else', async () => {
    const [described] = await parallelMap(new Float32Array([0.5]), describeItem, { pool });
    assert.equal(described, 'number 0.5 [object Number]');
  });

  it('with failures in their places', async () => {
    const items = Float64Array.from(makeNumbers(50, 5));
    const outcomes = await parallelMapSettled(items, throwSeventh, { pool, chunkSize: 10 });
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      Array.from(items, (_, index) => (index % 7 === 6 ? 'rejected' : 'fulfilled')),
    );
  });
});

describe('results that are all numbers', () => {
  it('keep NaN, minus zero and the infinities', async () => {
    const items = [-0, 0, Number.NaN, Infinity, -Infinity, 1e-320, 2 ** 53 + 2];
    const many = Array.from({ length: 10 }, () => items).flat();
    const results = await parallelMap(many, echo<number>, { pool, chunkSize: 70 });
    assert.ok(many.every((item, index) => Object.is(item, results[index])));
    assert.ok(Array.isArray(results));
  });
});
