import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TaskError } from 'telar';
import { parallelReduce } from 'telar/memory';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { makeNumbers, oddSizes } from '../harness/numbers.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();
const single = usePool({ workers: 1 });

const sum = {
  init: () => 0,
  step: (total: number, x: number) => total + x,
  merge: (left: number, right: number) => left + right,
};

describe('parallelReduce', () => {
  for (const size of [...oddSizes, 257, 100_003]) {
    it(`adds ${size} numbers as a loop does`, async () => {
      const source = makeNumbers(size, size);
      const expected = source.reduce((total, x) => total + x, 0);
      assert.equal(await parallelReduce(source, sum, { pool }), expected);
      assert.equal(await parallelReduce(Float64Array.from(source), sum, { pool }), expected);
    });
  }

  it('merges in order', async () => {
    const source = Uint16Array.from({ length: 2000 }, (_, index) => index);
    const list = await parallelReduce(
      source,
      {
        init: (): number[] => [],
        step: (found, x, index) => (x % 2 === 0 ? [...found, index] : found),
        merge: (left, right) => [...left, ...right],
      },
      { pool },
    );
    assert.deepEqual(
      list,
      Array.from({ length: 1000 }, (_, half) => 2 * half),
    );
  });

  it('rounds alike on any number of workers', async () => {
    const source = Float64Array.from(makeNumbers(10_007, 1), (x) => 1 / (x + 1));
    const one = await parallelReduce(source, sum, { pool: single });
    assert.equal(await parallelReduce(source, sum, { pool }), one);
  });

  it('lets its functions share a buffer that one of them writes, and refuses one that none of them reads', async () => {
    const scratch = new Float64Array(2);
    const init = (): number => {
      scratch.fill(1);
      return 0;
    };
    const step = (total: number, x: number): number => total + x * (scratch[1] ?? 0);
    assert.equal(await parallelReduce([1, 2, 3], { ...sum, init, step }, { pool }), 6);
    const seen: number[] = [];
    const note = (total: number, x: number): number => {
      seen.push(x);
      return total + x;
    };
    await assert.rejects(parallelReduce([1], { ...sum, step: note }, { pool }), {
      name: 'CaptureError',
      path: 'seen',
    });
  });

  it('names the element that failed, and the part that is missing', async () => {
    const step = (total: number, x: number): number => {
      if (x === 700) throw new Error('seven hundred');
      return total + x;
    };
    const source = Array.from({ length: 1000 }, (_, index) => index);
    const reason = await catchReason(parallelReduce(source, { ...sum, step }, { pool }));
    assert.ok(reason instanceof TaskError);
    assert.equal(reason.index, 700);
    await assert.rejects(parallelReduce([1], { init: sum.init } as typeof sum), /`step` is undefined/);
  });

  it("refuses a merge that gives a promise, whose failure is nobody else's", async () => {
    const merge = async (): Promise<number> => {
      throw new Error('too late');
    };
    const reduced = parallelReduce(makeNumbers(1000, 1), { ...sum, merge: merge as never }, { pool });
    await assert.rejects(reduced, /Expected `merge` to return its value at once, got a promise/);
  });
});
