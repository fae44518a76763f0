import assert from 'node:assert/strict';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { importTasks, parallelMap, parallelMapIterable, Pool, run, TaskError } from 'telar';
import { census } from '../../census.ts';
import type * as WaitsSecond from '../../fixtures/tasks/loading/waits-second.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { until } from '../../harness/latch.ts';
import { inFull } from '../../harness/long.ts';

census();
let folder: string;
before(async () => {
  folder = await makeFolder('loading');
});
after(() => removeFolder(folder));

/** Imports the fixture anew, with a folder for its files. */
async function importFixture(): Promise<{ own: string; tasks: typeof WaitsSecond }> {
  const own = await mkdtemp(join(folder, 'own-'));
  const url = new URL('../../fixtures/tasks/loading/waits-second.js', import.meta.url);
  return { own, tasks: importTasks<typeof WaitsSecond>(`${url.href}?${encodeURIComponent(own)}`) };
}

describe('a worker that is slower to load a task than the calls are', () => {
  for (const isolate of ['thread', 'process'] as const) {
    const options = isolate === 'thread' ? {} : inFull;
    it(`loads it once, and serves the calls to come (${isolate})`, options, async () => {
      const { own, tasks } = await importFixture();
      await using pool = new Pool({ workers: 2, isolate });
      const singly = { pool, chunkSize: 1 };
      for (let call = 0; call < 3; call++) {
        assert.deepEqual(await parallelMap([1, 2, 3], tasks.runBeside, singly), [1, 2, 3]);
        await assert.rejects(parallelMap([1, 2, 3], tasks.failBeside, singly), TaskError);
        for await (const result of parallelMapIterable([1, 2, 3], tasks.runBeside, singly)) {
          assert.equal(result, 1);
          break;
        }
      }
      await writeFile(join(own, 'go'), '');
      const workers = await parallelMap([1, 2], tasks.runTogether, singly);
      const loaded = (await readdir(own)).filter((name) => name.startsWith('loads '));
      assert.deepEqual(loaded.sort(), workers.map((worker) => `loads ${worker}`).sort());
    });
  }

  it('is stopped when it never comes to an end, though no call is left', inFull, async () => {
    const { tasks } = await importFixture();
    await using pool = new Pool({ workers: 2, importTimeout: 3000 });
    const calls = [1, 2].map((item) => run(tasks.runBeside, [item], { pool }));
    assert.deepEqual(await Promise.all(calls), [1, 2]);
    assert.equal(pool.stats().workers.length, 2);
    await until(() => pool.stats().workers.length === 1);
  });
});
