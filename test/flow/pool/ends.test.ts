import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, Pool } from 'telar';
import { census } from '../../census.ts';
import { catchReason } from '../../harness/collect.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

/** An item that ends its call by itself, in the middle of being sent. */
function withGetter(end: () => void): { readonly part: number } {
  return {
    get part() {
      end();
      return 1;
    },
  };
}

/** Comes when the items behind it are there: they leave the source together. */
function later(value: number): Promise<number> {
  return new Promise((resolve) => setImmediate(resolve, value));
}

describe('a call that is over', () => {
  const ran = new Int32Array(new SharedArrayBuffer(4));
  const run = (): void => {
    Atomics.add(ran, 0, 1);
  };

  it('has nothing sent of the chunk behind which it ended', async () => {
    Atomics.store(ran, 0, 0);
    const items = [later(0), 1, Promise.reject(new Error('rejected')), 3];
    await catchReason(parallelMap(items, run, { pool, chunkSize: 10 }));
    await parallelMap([1], (n) => n, { pool });
    assert.equal(Atomics.load(ran, 0), 0);
  });

  it('has nothing run that ended it while it was sent', async () => {
    Atomics.store(ran, 0, 0);
    const controller = new AbortController();
    const items = [withGetter(() => controller.abort(new Error('enough'))), { part: 2 }];
    const reason = await catchReason(
      parallelMap(items, run, { pool, signal: controller.signal, chunkSize: 2 }),
    );
    assert.equal((reason as Error).message, 'enough');
    await parallelMap([1, 2, 3], (n) => n, { pool });
    assert.equal(Atomics.load(ran, 0), 0);
  });

  it('lets the pool close, also when others were on it at the time', async () => {
    for (let round = 0; round < 10; round++) {
      const own = new Pool({ workers: 2 });
      const items = [later(1), Promise.reject(new Error('rejected')), 2, 3];
      const failing = catchReason(parallelMap(items, (n) => n, { pool: own, chunkSize: 2 }));
      const other = parallelMap([1, 2, 3], (n) => n, { pool: own, chunkSize: 1 });
      assert.ok((await failing) instanceof Error);
      assert.deepEqual(await other, [1, 2, 3]);
      await own.close();
    }
  });
});
