import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ndjson, toNdjson } from 'telar/files';
import { parallelMap, parallelMapIterable, pipeline, Pool, transfer } from 'telar';
import { census } from '../census.ts';
import { collect } from '../harness/collect.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool({ isolate: 'process', workers: 2 });

describe('on processes', () => {
  it('calls give the same as on threads', async () => {
    const items = Array.from({ length: 5000 }, (_, index) => ({ index, text: `item ${index}` }));
    const factor = 3;
    const task = ({ index, text }: { index: number; text: string }): string => `${text} ${index * factor}`;
    const expected = items.map((item) => task(item));
    assert.deepEqual(await parallelMap(items, task, { pool }), expected);
    assert.deepEqual(await collect(parallelMapIterable(items, task, { pool })), expected);
  });

  it('results may be large, and many', async () => {
    const fill = (item: number): Uint8Array => new Uint8Array(20_000_000).fill(item);
    const results = await parallelMap([1, 2, 3], fill, { pool });
    assert.deepEqual(
      results.map((bytes) => [bytes.length, bytes[0], bytes.at(-1)]),
      [1, 2, 3].map((item) => [20_000_000, item, item]),
    );
  });

  it('what is marked for transfer is copied, and stays here', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const sum = (item: Uint8Array): number => item.reduce((total, byte) => total + byte, 0);
    assert.deepEqual(await parallelMap([transfer(bytes)], sum, { pool }), [6]);
    assert.equal(bytes.length, 3);
  });

  it('a task may run calls of its own, on its process', async () => {
    const results = await parallelMap(
      [1, 2],
      async (item) => (await parallelMap([item, item + 1], (inner) => inner * 10)).concat(item),
      { pool },
    );
    assert.deepEqual(results, [
      [10, 20, 1],
      [20, 30, 2],
    ]);
  });

  it('blocks of files go through pipelines', async () => {
    const folder = await makeFolder('processes');
    const path = join(folder, 'even.ndjson');
    try {
      const text = Array.from({ length: 20_000 }, (_, id) => `${JSON.stringify({ id, name: `n${id}` })}\n`);
      const summary = await pipeline(ndjson<{ id: number; name: string }>(Buffer.from(text.join(''))))
        .filter(({ id }) => id % 2 === 0)
        .map(({ id, name }) => ({ id: id * 2, name }))
        .to(toNdjson(path), { pool });
      assert.equal(summary.items, 20_000);
      const back = await pipeline(ndjson<{ id: number; name: string }>(path)).toArray({ pool });
      assert.equal(back.length, 10_000);
      assert.deepEqual(back[4999], { id: 19_996, name: 'n9998' });
    } finally {
      await removeFolder(folder);
    }
  });

  it('a pool that is closed amid a call lets it finish', async () => {
    const own = new Pool({ isolate: 'process', workers: 2 });
    const results = parallelMap([1, 2, 3, 4], (item) => item + 1, { pool: own, chunkSize: 1 });
    await own.close();
    assert.deepEqual(await results, [2, 3, 4, 5]);
  });
});
