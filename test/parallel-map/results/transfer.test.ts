import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CloneError, parallelMap, parallelMapSettled, transfer } from 'telar';
import { census } from '../../census.ts';
import { echo } from '../../fixtures/tasks/computes.ts';
import {
  fill,
  increment,
  sum,
  sumInside,
  transferAndLook,
  transferCommon,
  transferKept,
} from '../../fixtures/tasks/transfers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

const makeBytes = (): Uint8Array<ArrayBuffer> => Uint8Array.from([1, 2, 3]);

describe('transfer() hands over', () => {
  it('the buffer of an item, which is empty here afterwards', async () => {
    for (const chunkSize of [1, 3, undefined]) {
      const buffers = Array.from({ length: 11 }, makeBytes);
      const sums = await parallelMap(
        buffers.map((bytes) => transfer(bytes)),
        sum,
        { pool, chunkSize },
      );
      assert.deepEqual(
        sums,
        buffers.map(() => 6),
      );
      for (const bytes of buffers) assert.equal(bytes.byteLength, 0);
    }
  });

  it('a buffer at depth, by the list or by its own mark', async () => {
    const listed = makeBytes();
    const marked = makeBytes();
    const items = [
      transfer({ deep: [{ bytes: listed }] }, [listed.buffer]),
      { deep: [{ bytes: transfer(marked) }] },
    ];
    assert.deepEqual(await parallelMap(items, sumInside, { pool }), [6, 6]);
    assert.equal(listed.byteLength, 0);
    assert.equal(marked.byteLength, 0);
  });

  it('what is marked, and copies the rest', async () => {
    const copied = makeBytes();
    const handed = makeBytes();
    assert.deepEqual(await parallelMap([copied, transfer(handed), copied], sum, { pool }), [6, 6, 6]);
    assert.equal(copied.byteLength, 3);
    assert.equal(handed.byteLength, 0);
  });

  it('an ArrayBuffer by itself', async () => {
    const buffer = makeBytes().buffer;
    const [echoed] = await parallelMap([transfer(buffer)], echo<ArrayBufferLike>, { pool });
    assert.equal(echoed?.byteLength, 3);
    assert.equal(buffer.byteLength, 0);
  });

  it('the buffers of a result, at depth', async () => {
    const results = await parallelMap([10, 20], fill, { pool });
    assert.deepEqual(
      results.map(({ deep }) => deep[0]?.bytes.byteLength),
      [10, 20],
    );
  });

  it('the buffers of a result, which are empty in the worker afterwards', async () => {
    const looked = await parallelMap([10, 20, 30, 40], transferAndLook, { pool, chunkSize: 1 });
    const lefts = looked.map(({ left }) => left).filter((left) => left !== undefined);
    assert.ok(lefts.length >= 2 && lefts.every((left) => left === 0));
    assert.deepEqual(
      looked.map(({ bytes }) => bytes.byteLength),
      [10, 20, 30, 40],
    );
  });
});

describe('the same buffer', () => {
  it('in two items of one chunk arrives in both', async () => {
    const bytes = makeBytes();
    transfer(bytes);
    const outcomes = await parallelMapSettled([bytes, bytes], sum, { pool, chunkSize: 2 });
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value),
      [6, 6],
    );
  });

  it('handed over twice is a clear failure, and no hang', async () => {
    const bytes = makeBytes();
    const items = [
      transfer({ deep: [{ bytes }] }, [bytes.buffer]),
      transfer({ deep: [{ bytes }] }, [bytes.buffer]),
    ];
    const outcomes = await parallelMapSettled(items, sumInside, { pool, chunkSize: 1 });
    assert.deepEqual(outcomes[0], { status: 'fulfilled', value: 6, index: 0, attempts: 1 });
    const second = outcomes[1];
    assert.ok(second?.status === 'rejected' && second.reason instanceof CloneError);
    assert.match(second.reason.message, /detached|transferred/i);
  });

  it('handed over twice by a task fails its second item', async () => {
    const outcomes = await parallelMapSettled([1, 2, 3, 4], transferCommon, { pool, chunkSize: 1 });
    assert.equal(outcomes.length, 4);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof CloneError);
    }
    assert.ok(outcomes.some(({ status }) => status === 'fulfilled'));
    assert.ok(outcomes.some(({ status }) => status === 'rejected'));
  });
});

describe('shared memory', () => {
  it('is seen by both sides', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(4));
    const results = await parallelMap(
      Array.from({ length: 100 }, () => shared),
      increment,
      { pool },
    );
    assert.equal(shared[0], 100);
    assert.equal(new Set(results).size, 100);
  });
});

describe('transfer() refuses', () => {
  const refused: readonly [title: string, call: () => unknown, message: RegExp][] = [
    ['a primitive', () => transfer(7 as unknown as object), /got number/],
    ['null', () => transfer(null as unknown as object), /got null/],
    ['a plain object without a list', () => transfer({}), /name its buffers in the list/],
    ['an array without a list', () => transfer([]), /name its buffers in the list/],
    ['shared memory', () => transfer(new Uint8Array(new SharedArrayBuffer(4))), /shared memory/],
    ['a list that is none', () => transfer({}, 7 as unknown as []), /expects an array/],
  ];
  for (const [title, call, message] of refused) {
    it(title, () => {
      assert.throws(call, { name: 'TypeError', message });
    });
  }
});

describe('a buffer that was handed over already', () => {
  it('is a CloneError of its item when it is handed over again, and not an empty one', async () => {
    for (const bytes of [makeBytes(), makeBytes().buffer]) {
      const again = (function* () {
        for (let time = 0; time < 3; time++) yield transfer(bytes);
      })();
      const outcomes = await parallelMapSettled(again, (given) => given.byteLength, { pool, chunkSize: 1 });
      const reasons = outcomes.map((outcome) =>
        outcome.status === 'rejected' ? outcome.reason.name : outcome.status,
      );
      assert.deepEqual(reasons, ['fulfilled', 'CloneError', 'CloneError']);
    }
  });

  it('is one of its result as well', async () => {
    // A process hands over copies.
    const outcomes = await parallelMapSettled([1, 2, 3, 4, 5], transferKept, { pool, chunkSize: 1 });
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') assert.deepEqual(outcome.value, new ArrayBuffer(8));
      else assert.ok(outcome.status === 'rejected' && outcome.reason instanceof CloneError);
    }
    assert.ok(outcomes.some(({ status }) => status === 'fulfilled'));
  });
});
