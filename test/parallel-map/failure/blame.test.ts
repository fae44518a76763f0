import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { importTasks, parallelMap, parallelMapSettled } from 'telar';
import { census } from '../../census.ts';
import { makeUndecodable } from '../../fixtures/tasks/undecodable.ts';
import { waitForLatch } from '../../fixtures/tasks/waits.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { Latch } from '../../harness/latch.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();
const single = usePool({ workers: 1 });
let folder: string;
before(async () => {
  folder = await makeFolder('blame');
});
after(() => removeFolder(folder));

describe('an item that its worker cannot decode', () => {
  it('is not one that was left of its chunk when an idle worker had taken it over', async () => {
    const busy = new Latch();
    const idle = new Latch();
    const last = new Latch();
    const held = [busy, idle].map(({ cells }, value) => ({ cells, value }));
    const before = parallelMap(held, waitForLatch, { pool, chunkSize: 1 });
    await Promise.all([busy.awaitArrivals(1), idle.awaitArrivals(1)]);
    // Behind one that is busy: the other takes over more than half, and is held by the last of it.
    const items = [0, 1, 2, 3, 4].map((value) => ({
      cells: last.cells,
      value,
      isHeld: value === 4,
      load: value === 3 ? makeUndecodable() : undefined,
    }));
    const outcomes = parallelMapSettled(items, waitForLatch, { pool, chunkSize: 5 });
    idle.open();
    await last.awaitArrivals(2);
    busy.open();
    last.open();
    await before;
    assert.deepEqual(
      (await outcomes).map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
  });
});

describe('a task', () => {
  it('is not given up because one worker died while it loaded it', async () => {
    const url = new URL('../../fixtures/tasks/loading/exits-once.js', import.meta.url);
    url.search = encodeURIComponent(join(folder, 'mark'));
    const { parse } = importTasks<{ parse: (item: number) => number }>(url);
    assert.deepEqual(await parallelMap([1, 2, 3], parse, { pool: single }), [2, 4, 6]);
  });
});
