import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, parallelMapSettled, TaskError } from 'telar';
import { census } from '../../census.ts';
import {
  countClosed,
  failMidway,
  promiseGenerator,
  rejectMidway,
  repeat,
  repeatLater,
  repeatPromises,
  returnArray,
  returnMap,
  yieldMarks,
} from '../../fixtures/tasks/generates.ts';
import { collect } from '../../harness/collect.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

const items = [3, 0, 1, 5, 0, 2, 4];

type Expanding = (item: number) => Generator<number>;

describe('each value that a generator task yields is a result', () => {
  for (const task of [
    repeat,
    repeatLater,
    repeatPromises,
    promiseGenerator,
  ] as readonly unknown[] as Expanding[]) {
    for (const chunkSize of [1, 3, undefined]) {
      it(`in order: ${task.name}, chunks of ${chunkSize ?? 'any size'}`, async () => {
        const expected = items.map((item) => [...repeat(item)]);
        const options = { pool, chunkSize };
        assert.deepEqual(await parallelMap(items, task, options), expected.flat());
        assert.deepEqual(await collect(parallelMapIterable(items, task, options)), expected.flat());
        const loose = await collect(parallelMapIterable(items, task, { ...options, ordered: false }));
        assert.deepEqual(loose.sort(compare), expected.flat().sort(compare));
        assert.deepEqual(
          await parallelMapSettled(items, task, options),
          expected.map((value, index) => ({ status: 'fulfilled', value, index, attempts: 1 })),
        );
      });
    }
  }

  it('and its type is that of the values', async () => {
    const numbers: number[] = await parallelMap([1], repeat, { pool });
    const later: number[] = await parallelMap([1], repeatLater, { pool });
    const marked: number[] = await parallelMap([1], yieldMarks, { pool });
    // @ts-expect-error -- a promise that is yielded is awaited.
    const promises: Promise<number>[] = await parallelMap([1], repeatPromises, { pool });
    assert.deepEqual([numbers, later, marked, promises].flat(), [10, 10, 1, 1001, 10]);
  });
});

describe('a generator task', () => {
  it('may yield skip and stop; what it yielded before stop counts', async () => {
    assert.deepEqual(await parallelMap([1, 2, -3, 4], yieldMarks, { pool }), [1, 1001, 2, 1002, -3]);
    assert.deepEqual(
      await collect(parallelMapIterable([1, -3, 4], yieldMarks, { pool, chunkSize: 1 })),
      [1, 1001, -3],
    );
    assert.deepEqual(await parallelMapSettled([1, -3, 4], yieldMarks, { pool }), [
      { status: 'fulfilled', value: [1, 1001], index: 0, attempts: 1 },
      { status: 'fulfilled', value: [-3], index: 1, attempts: 1 },
    ]);
  });

  for (const task of [failMidway, rejectMidway] as readonly unknown[] as Expanding[]) {
    it(`that fails midway fails its item, and none of its values are results: ${task.name}`, async () => {
      const read: number[] = [];
      await assert.rejects(
        async () => {
          for await (const value of parallelMapIterable([1, -2, 3], task, { pool })) read.push(value);
        },
        { name: 'TaskError', index: 1 },
      );
      assert.deepEqual(read, [1, 1]);
      const outcomes = await parallelMapSettled([1, -2, 3], task, { pool });
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      const failed = outcomes[1];
      assert.ok(failed?.status === 'rejected' && failed.reason instanceof TaskError);
      assert.ok(failed.reason.cause instanceof RangeError);
    });
  }

  it('is closed when it yields stop', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(4));
    assert.deepEqual(await parallelMap([{ cells, value: 7 }], countClosed, { pool }), [7]);
    assert.equal(cells[0], 1);
  });
});

describe('an iterable that is no generator is a result', () => {
  it('an array', async () => {
    assert.deepEqual(await parallelMap([2, 0], returnArray, { pool }), [[2, 2], []]);
  });

  it('a Map', async () => {
    assert.deepEqual(await parallelMap([1, 2], returnMap, { pool }), [
      new Map([[1, '1']]),
      new Map([[2, '2']]),
    ]);
  });
});

function compare(a: number, b: number): number {
  return a - b;
}
