import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Chunk } from '../../../src/flow/chunk/chunk.ts';
import { Sizer } from '../../../src/flow/chunk/sizing.ts';
import { Supply } from '../../../src/flow/chunk/supply.ts';
import { openSource } from '../../../src/flow/source/open-source.ts';
import { makeNumbers } from '../../harness/numbers.ts';

/** The first chunk of a task whose items are known to take next to nothing, so that a chunk may have many. */
function takeFirst(items: readonly unknown[]): Chunk | undefined {
  return open(items).take(Infinity, 6);
}

function open(items: readonly unknown[]): Supply {
  const sizer = new Sizer();
  sizer.seed(0.0001);
  const nothing = (): void => {};
  return new Supply(openSource(items), sizer, undefined, nothing, nothing, 0);
}

describe('the chunk of an input that is', () => {
  for (const count of [1, 2, 15]) {
    it(`${count} numbers has them as they are`, () => {
      const items = makeNumbers(count, 1);
      assert.deepEqual(takeFirst(items)?.items, items);
    });
  }

  for (const count of [16, 17, 1000]) {
    it(`${count} numbers has them in a buffer of their size`, () => {
      const items = makeNumbers(count, 1);
      const taken = takeFirst(items)?.items as Float64Array;
      assert.deepEqual([...taken], items);
      assert.equal(taken.buffer.byteLength, 8 * count);
    });
  }

  for (const before of [1, 20]) {
    it(`${before} numbers and something else has them all`, () => {
      const items = [...makeNumbers(before, 1), 'x', 3, ...makeNumbers(20, 2)];
      assert.deepEqual(takeFirst(items)?.items, items);
    });
  }

  it('numbers with a hole has nothing in the place of the hole', () => {
    const items = makeNumbers(17, 1);
    items[18] = 1;
    assert.deepEqual(takeFirst(items)?.items, [...items]);
  });

  it('numbers and a getter that throws has those before it, and fails behind them', () => {
    const items = makeNumbers(20, 1);
    let looks = 0;
    Object.defineProperty(items, 17, {
      get() {
        if (looks++ > 0) throw new Error('broken');
        return 1;
      },
    });
    const supply = open(items);
    assert.deepEqual([...(supply.take(Infinity, 1) as Chunk).items], makeNumbers(17, 1));
    assert.throws(() => supply.take(Infinity, 1), /broken/);
  });

  it('large buffers has one of them, or all where they are in shared memory', () => {
    const makeViews = (Memory: typeof ArrayBuffer | typeof SharedArrayBuffer): Uint8Array[] =>
      Array.from({ length: 8 }, () => new Uint8Array(new Memory(1_000_000)));
    assert.equal(takeFirst(makeViews(ArrayBuffer))?.items.length, 1);
    assert.equal(takeFirst(makeViews(SharedArrayBuffer))?.items.length, 8);
  });

  it('empty is none', () => {
    assert.equal(takeFirst([]), undefined);
  });
});
