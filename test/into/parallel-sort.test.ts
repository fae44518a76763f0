import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Elements } from '../../src/into/blocks/elements.ts';
import { mergeStretch } from '../../src/into/blocks/merge.ts';
import { parallelSort } from 'telar/memory';
import { census } from '../census.ts';
import { makeNumbers } from '../harness/numbers.ts';
import { usePool } from '../harness/pool.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();
const pool = usePool({ workers: 3 });

const SIZE = 100_003;

describe('parallelSort', () => {
  const numbers = makeNumbers(SIZE, 7);
  const arrays: Elements[] = [
    Float64Array.from(numbers, (x) =>
      x % 5 === 0 ? Number.NaN : x % 7 === 0 ? -0 : x % 7 === 1 ? 0 : x / 3 - 1e8,
    ),
    Float32Array.from(numbers, (x) => (x % 3 === 0 ? -Infinity : x % 2 === 0 ? 0 : -0)),
    Int32Array.from(numbers),
    Uint8Array.from(numbers),
    Uint32Array.from(numbers),
    BigInt64Array.from(numbers, (x) => BigInt(x) * -(2n ** 20n)),
    new Float64Array(SIZE).fill(Number.NaN),
    ...makeHalves(numbers),
  ];
  for (const array of arrays) {
    it(`sorts a ${array.constructor.name} as its own sort does`, async () => {
      const expected = array.slice().sort();
      assert.equal(await parallelSort(array, { pool }), array);
      assert.ok(expected.every((value: number | bigint, at: number) => Object.is(value, array[at])));
    });
  }

  it('sorts shared memory and views into the middle of a buffer', async () => {
    const shared = new Float64Array(new SharedArrayBuffer(8 * SIZE));
    shared.set(numbers);
    const expected = shared.slice(10, -10).sort();
    const [first, last] = [shared[0], shared.at(-1)];
    await parallelSort(shared.subarray(10, -10), { pool });
    assert.deepEqual(shared.slice(10, -10), expected);
    assert.deepEqual([shared[0], shared.at(-1)], [first, last]);
  });

  it('sorts few elements, and none', async () => {
    assert.deepEqual(
      [...(await parallelSort(new Float64Array([3, Number.NaN, -0, 0, 1])))],
      [-0, 0, 1, 3, Number.NaN],
    );
    assert.equal((await parallelSort(new Int8Array(0))).length, 0);
  });

  it('needs no more parts than it has elements for, however many workers are asked for', async () => {
    const array = Int32Array.from(numbers.slice(0, 40_000));
    const expected = array.slice().sort();
    assert.deepEqual(await parallelSort(array, { workers: 1e9 }), expected);
  });

  it('refuses what is no typed array', async () => {
    await assert.rejects(
      parallelSort([2, 1] as unknown as Int8Array),
      /Expected a typed array, got an array of 2/,
    );
  });
});

/** Numbers of 16 bits, from Node 24 on. */
function makeHalves(numbers: readonly number[]): Elements[] {
  const { Float16Array } = globalThis as unknown as { Float16Array?: Float32ArrayConstructor };
  if (Float16Array === undefined) return [];
  return [Float16Array.from(numbers, (x) => [0, -0, Number.NaN, 1.5, -2, 65_504][x % 6] ?? 0)];
}

describe('mergeStretch', () => {
  it('gives the same, however the merge is cut', () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN));
    assertProperty(
      fc.property(fc.array(value), fc.array(value), fc.nat(), (left, right, cut) => {
        const source = Float64Array.from([
          ...Float64Array.from(left).sort(),
          ...Float64Array.from(right).sort(),
        ]);
        const target = new Float64Array(source.length);
        const part = { from: 0, middle: left.length, to: source.length };
        const at = cut % (source.length + 1);
        mergeStretch(source, target, { ...part, begin: 0, end: at });
        mergeStretch(source, target, { ...part, begin: at, end: source.length });
        assert.deepEqual(target, source.slice().sort());
      }),
      { seed: 1, numRuns: sample(100, 1000) },
    );
  });
});
