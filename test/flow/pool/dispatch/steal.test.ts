import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapSettled, transfer } from 'telar';
import { census } from '../../../census.ts';
import { waitOnThread } from '../../../fixtures/tasks/waits.ts';
import { until, Latch } from '../../../harness/latch.ts';
import { usePool } from '../../../harness/pool.ts';

census();
const pool = usePool();

describe('a chunk whose first item is blocked', () => {
  for (const count of [2, 3, 10, 101]) {
    it(`gives its other ${count - 1} items to the idle worker`, async () => {
      const latch = new Latch();
      const items = Array.from({ length: count }, (_, value) => ({
        cells: latch.cells,
        value,
        isHeld: value === 0,
      }));
      const results = parallelMap(items, waitOnThread, { pool, chunkSize: count });
      // All arrive while the latch is closed: the blocked item holds none of its chunk. (Where it had not begun when
      // the others were done, the idle worker took it as well, so the threads prove nothing.)
      await latch.awaitArrivals(count);
      latch.open();
      assert.deepEqual(
        (await results).map(({ value }) => value),
        items.map(({ value }) => value),
      );
    });
  }

  it('gives them to idle workers one after the other, when those are blocked as well', async () => {
    const latch = new Latch();
    const items = Array.from({ length: 20 }, (_, value) => ({
      cells: latch.cells,
      value,
      isHeld: value === 0 || value === 19,
    }));
    const results = parallelMap(items, waitOnThread, { pool, chunkSize: 20 });
    await until(() => latch.arrived >= 2);
    latch.open();
    assert.deepEqual(
      (await results).map(({ value }) => value),
      items.map(({ value }) => value),
    );
  });

  it('keeps what was handed over to its worker', async () => {
    const latch = new Latch();
    const items = Array.from({ length: 5 }, (_, value) => {
      const bytes = new Uint8Array(1);
      return transfer({ cells: latch.cells, value, isHeld: value === 0, bytes }, [bytes.buffer]);
    });
    const results = parallelMapSettled(items, waitOnThread, { pool, chunkSize: 5 });
    await latch.awaitArrivals(1);
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(latch.arrived, 1);
    latch.open();
    const outcomes = await results;
    const threads = new Set(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.thread : undefined)),
    );
    assert.equal(threads.size, 1);
  });
});
