import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { pipeline, stop } from 'telar';
import { census } from '../census.ts';
import { makeUndecodable } from '../fixtures/tasks/undecodable.ts';
import { usePool } from '../harness/pool.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();
const pool = usePool();
const single = usePool({ workers: 1 });
const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

function firsts(numbers: readonly number[]): number[] {
  const seen = new Set<number>();
  return numbers.filter((n) => !seen.has(n % 9) && seen.add(n % 9));
}

describe('reduce, count, groupBy, distinct and topK', () => {
  it('go by the functions of the call, whatever becomes of their object', async () => {
    const add = (a: number, b: number): number => a + b;
    const makeFold = () => ({ init: (): number => 0, step: add, merge: add });
    const folds = [makeFold(), makeFold()] as const;
    const sum = pipeline(range(500)).reduce(folds[0], { pool });
    const sums = pipeline(range(500)).groupBy((n) => n % 2, folds[1]);
    for (const fold of folds) {
      fold.init = (): number => 1_000_000;
      fold.step = fold.merge = (): number => -1;
    }
    assert.equal(await sum, 124_750);
    assert.deepEqual(await sums.toArray({ pool }), [
      [0, 62_250],
      [1, 62_500],
    ]);
  });

  it('give what a loop gives, in the order of the input', async () => {
    const joined = await pipeline(range(5000))
      .cpu((n) => String(n % 7))
      .reduce({ init: () => '', step: (all, text) => all + text, merge: (a, b) => a + b }, { pool });
    assert.equal(
      joined,
      range(5000)
        .map((n) => n % 7)
        .join(''),
    );
    assert.equal(
      await pipeline(range(5000))
        .filter((n) => n % 3 === 0)
        .count({ pool }),
      1667,
    );
    assert.equal(
      await pipeline([]).reduce({ init: () => 42, step: (a) => a, merge: (a) => a }, { pool }),
      42,
    );
  });

  it('take keys of any kind, and texts of any form', async () => {
    const key = fc.oneof(
      fc.constantFrom(
        '',
        'a',
        'ü',
        '\ud83e',
        '\uddf5',
        '\ufffd',
        '1',
        1,
        -0,
        Number.NaN,
        1n,
        true,
        null,
        undefined,
      ),
      fc.string({ maxLength: 2 }),
    );
    const property = fc.asyncProperty(fc.array(key, { maxLength: 200 }), async (keys) => {
      const source = pipeline(keys.map((one, at) => ({ one, at }))).cpu((item) => item, { chunkSize: 11 });
      const groups = await source
        .groupBy((item) => item.one, {
          init: () => [] as number[],
          step: (all, { at }) => [...all, at],
          merge: (left, right) => [...left, ...right],
        })
        .toArray({ pool });
      const expected = new Map<unknown, number[]>();
      for (const [at, one] of keys.entries()) expected.set(one, [...(expected.get(one) ?? []), at]);
      assert.deepEqual(groups, [...expected]);
      const firsts = await source.distinct((item) => item.one).toArray({ pool });
      assert.deepEqual(
        firsts.map(({ at }) => at),
        [...expected.values()].map(([at]) => at),
      );
      assert.equal(await source.distinct((item) => item.one).count({ pool }), expected.size);
      const sums = await source
        .groupBy((item) => item.one, {
          init: () => 0.5,
          step: (n, { at }) => n + at,
          merge: (m, n) => m + n - 0.5,
        })
        .toArray({ pool });
      assert.deepEqual(
        sums,
        [...expected].map(([one, ats]) => [one, ats.reduce((all, at) => all + at, 0.5)]),
      );
    });
    await assertProperty(property, { numRuns: sample(25, 300), seed: 31 });
  });

  it('have no group of an item alone on which its first step has failed', async () => {
    const failed: unknown[] = [];
    const groups = await pipeline(range(60))
      .groupBy((n) => (n % 6 < 3 ? `text ${n % 6}` : n % 6), {
        init: () => 0,
        step: (sum, n) => {
          if (n < 12 || n % 6 === 1 || n % 6 === 4) throw new RangeError(`no ${n}`);
          return sum + n;
        },
        merge: (left, right) => left + right,
      })
      .onError(({ item }) => failed.push(item))
      .toArray({ pool });
    const taken = range(60).filter((n) => n >= 12 && n % 6 !== 1 && n % 6 !== 4);
    const sum = (rest: number): number => taken.filter((n) => n % 6 === rest).reduce((all, n) => all + n, 0);
    assert.deepEqual(groups, [
      ['text 0', sum(0)],
      ['text 2', sum(2)],
      [3, sum(3)],
      [5, sum(5)],
    ]);
    assert.equal(failed.length, 60 - taken.length);
  });

  it('agree with plain JavaScript on anything', async () => {
    await assertProperty(
      fc.asyncProperty(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 300 }), async (numbers) => {
        const list = {
          init: (): number[] => [],
          step: (all: number[], n: number) => [...all, n],
          merge: (a: number[], b: number[]) => [...a, ...b],
        };
        const source = pipeline(numbers).cpu((n) => n, { chunkSize: 7 });
        const groups = await source.groupBy((n) => n % 5, list).toArray({ pool });
        const expected = new Map<number, number[]>();
        for (const n of numbers) expected.set(n % 5, [...(expected.get(n % 5) ?? []), n]);
        assert.deepEqual(groups, [...expected]);
        assert.deepEqual(await source.distinct((n) => n % 9).toArray({ pool }), firsts(numbers));
        const top = numbers
          .map((n, at) => ({ n, at }))
          .sort((a, b) => Math.abs(b.n) - Math.abs(a.n) || a.at - b.at);
        assert.deepEqual(
          await source.topK(4, (n) => Math.abs(n), { pool }),
          top.slice(0, 4).map(({ n }) => n),
        );
      }),
      { seed: 1, numRuns: sample(25, 250) },
    );
  });

  it('give the same top however many chunks outrank others', async () => {
    const count = 20_000;
    const ranked = (n: number): number => (n * 7919) % 50;
    const expected = range(count).sort((a, b) => ranked(b) - ranked(a) || a - b);
    const kept = await pipeline(range(count))
      .filter((n) => n >= 0)
      .topK(900, (n) => (n * 7919) % 50, { pool });
    assert.deepEqual(kept, expected.slice(0, 900));
    // What stands behind the last item outranks all, and does not count.
    const stopped = await pipeline(range(count))
      .cpu((n) => (n === 12_000 ? stop : n))
      .topK(3, (n) => n, { pool });
    assert.deepEqual(stopped, [11_999, 11_998, 11_997]);
  });

  it('give the same top when items run again whose answer could not be read', async () => {
    // A filter may change its items: here so that no one can read them, the first time.
    const ranks = [5, 9, 8, 7, 1, 6];
    const items = ranks.map((rank) => ({ rank, load: undefined as unknown }));
    const kept = await pipeline(items)
      .filter(
        (item) => {
          const seen: Set<number> =
            (Reflect.get(globalThis, 'seen ranks') as Set<number> | undefined) ?? new Set();
          Reflect.set(globalThis, 'seen ranks', seen);
          item.load = seen.has(item.rank) ? undefined : makeUndecodable();
          seen.add(item.rank);
          return true;
        },
        { chunkSize: 3 },
      )
      .topK(3, ({ rank }) => rank, { pool: single });
    assert.deepEqual(
      kept.map(({ rank }) => rank),
      [9, 8, 7],
    );
  });

  it('are stages where they give items', async () => {
    const counts = { init: () => 0, step: (n: number) => n + 1, merge: (a: number, b: number) => a + b };
    const results = await pipeline(range(1000))
      .groupBy((n) => n % 3, counts)
      .cpu(([key, count]) => key * 1000 + count)
      .toArray({ pool });
    assert.deepEqual(results, [334, 1333, 2333]);
    assert.deepEqual(
      await pipeline(['b', 'a', 'b'])
        .distinct()
        .cpu((text) => text + text)
        .toArray({ pool }),
      ['bb', 'aa'],
    );
  });

  it('say what is wrong with keys, ranks and states', async () => {
    const fold = { init: () => 0, step: (n: number) => n, merge: (n: number) => n };
    await assert.rejects(
      pipeline([1])
        .groupBy(() => ({}) as never, fold)
        .toArray({ pool }),
      /text, a number or another primitive, got object/,
    );
    await assert.rejects(
      pipeline([1]).topK(1, () => 'x' as never, { pool }),
      /topK to return a number, got the string "x"/,
    );
    await assert.rejects(
      pipeline([1]).topK(1, () => NaN, { pool }),
      /topK to return a number, got NaN, which has no place in an order/,
    );
    await assert.rejects(
      pipeline([1]).reduce({ ...fold, step: async () => 1 } as never, { pool }),
      /got a promise/,
    );
    const late = { ...fold, merge: async () => 1 } as never;
    const halves = pipeline([1, 1]).filter(() => true, { chunkSize: 1 });
    const says = /Expected `merge` to return its value at once, got a promise/;
    await assert.rejects(halves.reduce(late, { pool }), says);
    await assert.rejects(halves.groupBy((n) => n, late).toArray({ pool }), says);
  });
});
