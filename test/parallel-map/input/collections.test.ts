import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, parallelMapSettled } from 'telar';
import { census } from '../../census.ts';
import { echo, mix, mixLater, pairWithIndex } from '../../fixtures/tasks/computes.ts';
import { collect } from '../../harness/collect.ts';
import { makeNumbers, oddSizes } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

describe('the parallel answer is the sequential one', () => {
  for (const size of oddSizes) {
    for (const chunkSize of [undefined, 1, 10]) {
      it(`for ${size} items in chunks of ${chunkSize ?? 'any size'}`, async () => {
        const items = makeNumbers(size, 7 + size);
        const expected = items.map(mix);
        const options = { pool, chunkSize };
        assert.deepEqual(await parallelMap(items, mix, options), expected);
        assert.deepEqual(await parallelMap(items, mixLater, options), expected);
        assert.deepEqual(await collect(parallelMapIterable(items, mix, options)), expected);
        const settled = await parallelMapSettled(items, mix, options);
        assert.deepEqual(
          settled,
          expected.map((value, index) => ({ status: 'fulfilled', value, index, attempts: 1 })),
        );
      });
    }
  }
});

describe('an input may be', () => {
  it('an array with holes, which are undefined', async () => {
    const holes: (number | undefined)[] = [];
    holes.length = 4;
    const pairs = await parallelMap(holes, pairWithIndex, { pool });
    assert.deepEqual(
      pairs,
      [0, 1, 2, 3].map((index) => [undefined, index]),
    );
  });

  it('an array-like object that is iterable', async () => {
    const list = { length: 2, 0: 'a', 1: 'b', [Symbol.iterator]: Array.prototype[Symbol.iterator] };
    assert.deepEqual(await parallelMap(list as Iterable<string>, echo<string>, { pool }), ['a', 'b']);
  });

  it('a Set', async () => {
    const items = new Set(makeNumbers(101, 1));
    assert.deepEqual(await parallelMap(items, mix, { pool }), [...items].map(mix));
  });

  it('a Map, whose items are its entries', async () => {
    const items = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    assert.deepEqual(await parallelMap(items, pairWithIndex, { pool }), [
      [['a', 1], 0],
      [['b', 2], 1],
    ]);
  });

  it('a generator', async () => {
    for (const size of oddSizes) {
      const items = makeNumbers(size, size);
      const results = await parallelMap(
        (function* () {
          yield* items;
        })(),
        mix,
        { pool },
      );
      assert.deepEqual(results, items.map(mix));
    }
  });

  it('an object with an iterator of its own that cannot be closed', async () => {
    let next = 0;
    const items = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: next >= 5, value: next++ }) as IteratorResult<number>,
      }),
    };
    assert.deepEqual(await parallelMap(items, mix, { pool }), [0, 1, 2, 3, 4].map(mix));
  });
});

describe('an item', () => {
  it('keeps its kind on the way there and back', async () => {
    const items = [
      undefined,
      null,
      -0,
      Number.NaN,
      Infinity,
      10n ** 30n,
      'text',
      true,
      new Date(5),
      /a+/gi,
      [1, [2]],
      new Map([[1, { a: 1 }]]),
      new Set(['x']),
      new Uint8Array([1, 2]),
      { deep: { er: [undefined] } },
      new RangeError('an item'),
    ];
    const results = await parallelMap(items, echo<unknown>, { pool, chunkSize: 100 });
    assert.deepEqual(results, items);
    assert.ok(Object.is(results[2], -0));
  });

  it('is given with its position', async () => {
    const items = makeNumbers(53, 4);
    const expected = items.map((item, index) => [item, index]);
    assert.deepEqual(await parallelMap(items, pairWithIndex, { pool, chunkSize: 10 }), expected);
    assert.deepEqual(await parallelMap(new Set(items), pairWithIndex, { pool }), expected);
  });

  it('may be a large text or a large buffer, among small ones', async () => {
    const items = Array.from({ length: 40 }, (_, index) => 'x'.repeat(index % 10 === 0 ? 300_000 : index));
    assert.deepEqual(await parallelMap(items, echo<string>, { pool }), items);
    const buffers = items.map((text) => Buffer.from(text));
    const results = await parallelMap(buffers, echo<Uint8Array>, { pool });
    assert.deepEqual(
      results.map((bytes) => Buffer.from(bytes)),
      buffers,
    );
  });
});
