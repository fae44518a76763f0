import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable } from 'telar';
import { census } from '../../census.ts';
import { echo, makeObject, mix } from '../../fixtures/tasks/computes.ts';
import { waitForLatch } from '../../fixtures/tasks/waits.ts';
import { Latch } from '../../harness/latch.ts';
import { makeNumbers } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

describe('chunkSize', () => {
  it('1 reports each outcome by itself, while its neighbours are held', async () => {
    const latch = new Latch();
    const items = Array.from({ length: 7 }, (_, value) => ({
      cells: latch.cells,
      value,
      isHeld: value >= 5,
    }));
    const options = { pool, chunkSize: 1, ordered: false };
    let read = 0;
    for await (const _ of parallelMapIterable(items, waitForLatch, options)) {
      if (++read === 5) latch.open();
    }
    assert.equal(read, 7);
  });

  for (const chunkSize of [1, 2, 3, 96, 97, 98, 10_000]) {
    it(`${chunkSize} gives the sequential answer`, async () => {
      const items = makeNumbers(97, chunkSize);
      assert.deepEqual(await parallelMap(items, mix, { pool, chunkSize }), items.map(mix));
      assert.deepEqual(await parallelMap(items, makeObject, { pool, chunkSize }), items.map(makeObject));
    });
  }
});

describe('chunks of any size', () => {
  it('follow items that grow longer and results that grow larger', async () => {
    const items = Array.from({ length: 300 }, (_, index) => 'x'.repeat(index * index));
    assert.deepEqual(await parallelMap(items, echo<string>, { pool }), items);
  });

  it('go on from what an earlier run learned', async () => {
    const items = makeNumbers(20_011, 9);
    const expected = items.map(mix);
    for (let round = 0; round < 5; round++)
      assert.deepEqual(await parallelMap(items, mix, { pool }), expected);
  });
});
