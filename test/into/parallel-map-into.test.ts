import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pool, TaskError } from 'telar';
import { parallelMapInto } from 'telar/memory';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { makeNumbers, oddSizes } from '../harness/numbers.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();

describe('parallelMapInto', () => {
  for (const size of [...oddSizes, 4095, 4097, 100_003]) {
    it(`gives what a loop gives, for ${size} elements`, async () => {
      const source = Float64Array.from(makeNumbers(size, size));
      const expected = source.map((x, index) => x * 2 + index);
      const shared = new Float64Array(new SharedArrayBuffer(8 * size));
      shared.set(source);
      for (const from of [source, shared, [...source]]) {
        for (const target of [new Float64Array(size), new Float64Array(new SharedArrayBuffer(8 * size))]) {
          assert.equal(await parallelMapInto(target, from, (x, index) => x * 2 + index, { pool }), target);
          assert.deepEqual([...target], [...expected]);
        }
      }
    });
  }

  it('converts between kinds as an assignment does', async () => {
    const source = [1.9, -1, 256.5, Number.NaN];
    assert.deepEqual(
      await parallelMapInto(new Uint8Array(4), source, (x) => x, { pool }),
      Uint8Array.from(source),
    );
    const wide = await parallelMapInto(new BigInt64Array(2), [1n, 2n ** 62n], (x) => -x, { pool });
    assert.deepEqual([...wide], [-1n, -(2n ** 62n)]);
  });

  it('works in place, and leaves what is beyond the source alone', async () => {
    const both = new Int32Array(new SharedArrayBuffer(4 * 1000)).fill(3);
    await parallelMapInto(both, both, (x) => x * x, { pool });
    assert.ok(both.every((x) => x === 9));
    const longer = new Int32Array(5).fill(7);
    await parallelMapInto(longer, [1, 2], (x) => x, { pool });
    assert.deepEqual([...longer], [1, 2, 7, 7, 7]);
  });

  for (const [from, to, kind] of [
    [8, 0, Float64Array],
    [0, 8, Float64Array],
    [0, 8000, Float64Array],
    [8, 0, Int32Array],
    [0, 0, Float32Array],
  ] as const) {
    it(`reads a copy of a source at byte ${from} that a target (${kind.name}) at byte ${to} lies across`, async () => {
      const memory = new SharedArrayBuffer(8 * 60_000);
      const source = new Float64Array(memory, from, 50_000);
      source.forEach((_, at) => (source[at] = at % 1000));
      const target = new (kind as Float64ArrayConstructor)(memory, to, 50_000);
      const expected = [...(kind as Float64ArrayConstructor).from(source, (x) => x * 2)];
      await parallelMapInto(target, source, (x) => x * 2, { pool });
      assert.deepEqual([...target], expected);
    });
  }

  it('takes closures over variables, anew at each call', async () => {
    for (const factor of [2, 3]) {
      const target = await parallelMapInto(new Float64Array(3), [1, 2, 3], (x) => x * factor, { pool });
      assert.deepEqual([...target], [factor, 2 * factor, 3 * factor]);
    }
  });

  it('starts each call with what its functions hold now, and not with what an earlier call made of it', async () => {
    const seen = { count: 0 };
    const source = new Float64Array(1);
    const one = new Pool({ workers: 1 });
    try {
      for (let call = 0; call < 3; call++) {
        assert.deepEqual(
          [...(await parallelMapInto(new Float64Array(1), source, () => seen.count++, { pool: one }))],
          [0],
        );
      }
    } finally {
      await one.close();
    }
  });

  it('names the element that failed', async () => {
    const fail = (x: number): number => {
      if (x === 54_321) throw new RangeError(`no ${x}`);
      return x;
    };
    const source = Float64Array.from({ length: 100_000 }, (_, index) => index);
    const reason = await catchReason(parallelMapInto(new Float64Array(100_000), source, fail, { pool }));
    assert.ok(reason instanceof TaskError);
    assert.equal(reason.index, 54_321);
    assert.match(reason.message, /^Element 54321 failed: .*no 54321/);
    assert.equal((reason.cause as Error).name, 'RangeError');
  });

  it('refuses a promise that a plain function returns, which would be NaN, and names the element', async () => {
    const late = ((x: number) => (x === 500 ? Promise.reject(new Error('late')) : x)) as (
      x: number,
    ) => number;
    const source = Float64Array.from({ length: 1000 }, (_, index) => index);
    const reason = await catchReason(parallelMapInto(new Float64Array(1000), source, late, { pool }));
    assert.ok(reason instanceof TaskError);
    assert.equal(reason.index, 500);
    assert.match(reason.message, /Expected `fn` to return its value at once, got a promise/);
  });

  it('converts what else is an object as an assignment does', async () => {
    const [dates, nothing] = await Promise.all([
      parallelMapInto(new Float64Array(2), [5, 7], ((x: number) => new Date(x)) as never, { pool }),
      parallelMapInto(new Float64Array(1), [5], (() => null) as never, { pool }),
    ]);
    assert.deepEqual([...dates, ...nothing], [5, 7, 0]);
  });

  it('refuses what it cannot work on, and says what it takes', async () => {
    const run = (target: unknown, source: unknown, options?: unknown): Promise<unknown> =>
      parallelMapInto(target as Float64Array, source as number[], (x) => x, options as object);
    await assert.rejects(run([], []), /Expected the target to be a typed array, got an array of 0/);
    await assert.rejects(run(new Float64Array(1), [1, 2]), RangeError);
    await assert.rejects(run(new Float64Array(2), [1, 'two']), /numbers only, got the string "two" at 1/);
    await assert.rejects(run(new Float64Array(2), 'text'), /typed array or an array of numbers/);
    await assert.rejects(run(new Float64Array(2), [1], { chunkSize: 3 }), /Unknown option `chunkSize`/);
    for (const late of [
      async (x: number) => x,
      function* (x: number) {
        yield x;
      },
    ]) {
      const filled = parallelMapInto(new Float64Array(1), [1], late as never, { pool });
      await assert.rejects(filled, /Expected `fn` to be a function that returns its value at once/);
    }
  });
});
