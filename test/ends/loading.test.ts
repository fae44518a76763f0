import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { importTasks, parallelMap, Pool, spawn, WorkerError } from 'telar';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { until } from '../harness/latch.ts';
import { inFull } from '../harness/long.ts';

/** A module whose load has begun, and stands still while it opens a file: a pipe opens once it is written to. */
interface Held {
  readonly url: string;
  /** Resolves when its load has begun. */
  begun(): Promise<void>;
  /** Lets it be loaded. */
  letGo(): Promise<void>;
  /** Counts how often the file is open in this process. */
  countOpen(): number;
}

let folder = '';
beforeEach(async () => {
  folder = await makeFolder('loading');
});
// This hook runs before the census looks.
afterEach(() => removeFolder(folder));
census({ patience: 10_000 });

async function hold(): Promise<Held> {
  const [pipe, mark, main] = ['held.mjs', 'begun', 'main.mjs'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  execFileSync('mkfifo', [pipe]);
  const text = `import { writeFileSync } from 'node:fs';
    writeFileSync(${JSON.stringify(mark)}, '');
    export const { double } = await import('./held.mjs');`;
  await writeFile(main, text);
  return {
    url: pathToFileURL(main).href,
    begun: () => until(() => existsSync(mark)),
    letGo: async () => {
      const file = await open(pipe, 'w');
      await file.writeFile('export const double = (n) => 2 * n;');
      await file.close();
    },
    countOpen: () =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === pipe;
        } catch {
          return false;
        }
      }).length,
  };
}

interface Module {
  double(n: number): number;
}

const skip = process.platform !== 'linux' && 'reads what is open from /proc';

describe('a thread that loads modules leaves no file open', { skip }, () => {
  test('when its call is aborted, which rejects at once', async () => {
    const held = await hold();
    const pool = new Pool({ workers: 1, grace: 1 });
    const controller = new AbortController();
    const { double } = importTasks<Module>(held.url);
    const call = catchReason(parallelMap([1, 2], double, { pool, signal: controller.signal }));
    await held.begun();
    controller.abort(new Error('enough'));
    assert.equal(((await call) as Error).message, 'enough');
    // Another thread has taken its place.
    assert.deepEqual(await parallelMap([1], (n) => n + 1, { pool }), [2]);
    await held.letGo();
    await pool.close();
    await until(() => held.countOpen() === 0);
  });

  test('when its pool is closed by force', async () => {
    const held = await hold();
    const pool = new Pool({ workers: 1, grace: 1 });
    const { double } = importTasks<Module>(held.url);
    const call = catchReason(parallelMap([1, 2], double, { pool }));
    await held.begun();
    const closing = pool.close({ force: true });
    assert.equal(((await call) as WorkerError).reason, 'closed');
    await held.letGo();
    await closing;
    await until(() => held.countOpen() === 0);
  });

  test('when what spawns it is aborted, which rejects at once', async () => {
    const held = await hold();
    const controller = new AbortController();
    const call = catchReason(spawn<Module>(held.url, { signal: controller.signal }));
    await held.begun();
    controller.abort(new Error('enough'));
    assert.equal(((await call) as Error).message, 'enough');
    await held.letGo();
    await until(() => held.countOpen() === 0);
  });
});

// The test takes as long as closing waits for what loads.
test('a thread that hangs in what it loads is ended when its pool is closed by force', inFull, async () => {
  const pool = new Pool({ workers: 1, grace: 1 });
  const file = join(folder, 'loops.mjs');
  const mark = join(folder, 'begun');
  await writeFile(
    file,
    `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(mark)}, ''); for (;;);`,
  );
  const { double } = importTasks<Module>(pathToFileURL(file).href);
  const call = catchReason(parallelMap([1], double, { pool }));
  await until(() => existsSync(mark));
  await pool.close({ force: true });
  assert.equal(((await call) as WorkerError).reason, 'closed');
});
