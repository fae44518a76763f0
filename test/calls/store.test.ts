import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  CaptureError,
  currentContext,
  type JournalError,
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  pipeline,
  Pool,
} from 'telar';
import { parallelReduce } from 'telar/memory';
import { census } from '../census.ts';
import { readStore, readStoreLater } from '../fixtures/tasks/below.ts';
import { catchReason } from '../harness/collect.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();
const store = { user: 'ada', rights: new Set(['read']), since: new Date(0), double: (n: number) => n * 2 };

describe('the store of a call', () => {
  it('is found anywhere below a task, in every form of call', async () => {
    const options = { pool, store };
    const user = (): unknown => currentContext<typeof store>()?.store.user;
    assert.equal(await pool.run(readStore, ['user'], { store }), 'ada');
    assert.equal(await pool.run(readStoreLater, ['user'], { store }), 'ada');
    assert.deepEqual(await parallelMap([1, 2], user, options), ['ada', 'ada']);
    const settled = await parallelMapSettled([1], user, options);
    assert.equal(settled[0]?.status === 'fulfilled' && settled[0].value, 'ada');
    for await (const found of parallelMapIterable([1], user, options)) assert.equal(found, 'ada');
    const stages = pipeline([1, 2])
      .cpu((n) => [n, currentContext<typeof store>()?.store.user])
      .filter(() => currentContext<typeof store>()?.store.user === 'ada')
      .cpu(async ([n]) => {
        await Promise.resolve();
        return `${n} ${String(currentContext<typeof store>()?.store.user)}`;
      });
    assert.deepEqual(await stages.toArray(options), ['1 ada', '2 ada']);
    const sum = await parallelReduce(
      Float64Array.of(1, 2),
      {
        init: () => 0,
        step: (all, n) => all + (currentContext<typeof store>()?.store.double(n) ?? 0),
        merge: (a, b) => a + b,
      },
      options,
    );
    assert.equal(sum, 6);
  });

  it('travels as a captured variable does: as it is now, with all that it holds, and once for all items', async () => {
    const changing = { n: 1 };
    const first = pool.run(readStore, ['n'], { store: changing });
    changing.n = 2;
    assert.equal(await first, 1);
    assert.deepEqual(await pool.run(readStore, ['rights'], { store }), new Set(['read']));
    const count = (): number => ++(currentContext<{ n: number }>() as { store: { n: number } }).store.n;
    await using one = new Pool({ workers: 1 });
    const counted = await parallelMap([1, 2, 3], count, { pool: one, store: { n: 0 }, chunkSize: 1 });
    assert.deepEqual(counted, [1, 2, 3]);
    const shared = new Int32Array(new SharedArrayBuffer(4));
    await pool.run(readStore, ['add'], { store: { add: 1, shared } });
    for (const value of [0, '', null, false, 7n, [1, [2]]])
      assert.deepEqual(await pool.run(readStore, [], { store: value }), value);
  });

  it('is of its own call, among others of the same task at once', async () => {
    const calls = Array.from({ length: 60 }, (_, n) =>
      pool.run(readStoreLater, ['n'], n % 3 === 0 ? {} : { store: { n } }),
    );
    const maps = Array.from({ length: 6 }, (_, n) =>
      parallelMap(
        Array.from({ length: 5 }, () => 'n'),
        readStoreLater,
        { pool, store: { n }, chunkSize: 1 },
      ),
    );
    assert.deepEqual(
      await Promise.all(calls),
      Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? undefined : n)),
    );
    assert.deepEqual(
      await Promise.all(maps),
      Array.from({ length: 6 }, (_, n) => Array.from({ length: 5 }, () => n)),
    );
  });

  it('is refused before anything runs where it cannot travel', async () => {
    const socket = new WeakRef({});
    for (const failing of [
      pool.run(readStore, ['n'], { store: { deep: [socket] } }),
      parallelMap([1], readStore as never, { pool, store: { deep: [socket] } }),
    ]) {
      const error = await catchReason(failing);
      assert.ok(error instanceof CaptureError, String(error));
      assert.match(error.message, /^`store` cannot travel to a worker: it holds .*deep\[0\]/);
    }
  });

  it('reaches processes', async () => {
    await using processes = new Pool({ workers: 1, isolate: 'process' });
    assert.equal(await processes.run(readStore, ['user'], { store }), 'ada');
  });

  it('is part of what a journal is of', async () => {
    const folder = await makeFolder('store');
    try {
      const journal = join(folder, 'kept');
      await parallelMap(['n'], readStoreLater, { pool, journal, store: { n: 1 } });
      assert.deepEqual(await parallelMap(['n'], readStoreLater, { pool, journal, store: { n: 1 } }), [1]);
      const error = await catchReason(parallelMap(['n'], readStoreLater, { pool, journal, store: { n: 2 } }));
      assert.equal((error as JournalError).reason, 'mismatch');
    } finally {
      await removeFolder(folder);
    }
  });
});
