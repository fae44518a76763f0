import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Chunk } from '../../../src/flow/chunk/chunk.ts';
import { Sizer } from '../../../src/flow/chunk/sizing.ts';
import { Supply } from '../../../src/flow/chunk/supply.ts';
import { openSource } from '../../../src/flow/source/open-source.ts';
import { makeNumbers } from '../../harness/numbers.ts';

/** The first chunk of a task whose items are known to take next to nothing, so that a chunk may have many. */
function takeFirst(items: readonly unknown[]): Chunk | undefined {
  const sizer = new Sizer();
  sizer.seed(0.0001);
  const nothing = (): void => {};
  const supply = new Supply(openSource(items), sizer, undefined, nothing, nothing, 0);
  return supply.take(Infinity, 6);
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

  it('numbers and something else has them all', () => {
    const items = [...makeNumbers(20, 1), 'x', 3];
    assert.deepEqual(takeFirst(items)?.items, items);
  });

  it('empty is none', () => {
    assert.equal(takeFirst([]), undefined);
  });
});
