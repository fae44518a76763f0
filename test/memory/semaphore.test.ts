import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapSettled } from 'telar';
import { Semaphore } from 'telar/memory';
import { census } from '../census.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool({ workers: 4 });

describe('Semaphore', () => {
  it('lets as many in as it has permits, and uses them all', async () => {
    const semaphore = new Semaphore(2);
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const enter = async (item: number): Promise<void> => {
      using _permit = item % 2 === 0 ? semaphore.acquireSync() : await semaphore.acquire();
      const inside = Atomics.add(cells, 0, 1) + 1;
      // The first wait for company: there are permits for two.
      while (item < 4 && Atomics.load(cells, 1) < 2 && Atomics.load(cells, 0) < 2)
        Atomics.wait(cells, 1, 0, 1);
      if (Atomics.load(cells, 1) < inside) Atomics.store(cells, 1, inside);
      Atomics.sub(cells, 0, 1);
    };
    const items = Array.from({ length: 200 }, (_, at) => at);
    await parallelMap(items, enter, { pool, chunkSize: 1 });
    assert.equal(cells[1], 2);
    assert.equal(semaphore.free, 2);
    assert.equal(semaphore.lost, 0);
  });

  it('gives the permit of a thread that died to the next, and counts it', async () => {
    const semaphore = new Semaphore(1);
    const die = (): void => {
      semaphore.acquireSync();
      process.exit(1);
    };
    await parallelMapSettled([0], die, { pool });
    const permit = await semaphore.acquire();
    assert.equal(semaphore.lost, 1);
    assert.equal(semaphore.free, 0);
    assert.equal(semaphore.tryAcquire(), undefined);
    permit.release();
    assert.equal(semaphore.free, 1);
  });

  it('never blocks the main thread', () => {
    assert.throws(() => new Semaphore(1).acquireSync(), /would block the main thread/);
  });

  it('refuses what is no number of permits', () => {
    assert.throws(() => new Semaphore(0), { name: 'RangeError' });
    assert.throws(() => new Semaphore(2 ** 20), { name: 'RangeError', message: /at most 65536/ });
    assert.throws(() => new Semaphore(undefined as never), { name: 'TypeError' });
  });
});
