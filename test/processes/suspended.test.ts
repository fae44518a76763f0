import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  importTasks,
  parallelMap,
  parallelMapSettled,
  pipeline,
  perWorker,
  Pool,
  type PoolOptions,
  WorkerError,
} from 'telar';
import { census } from '../census.ts';
import { double } from '../fixtures/tasks/computes.ts';
import { listChildren } from '../harness/alive.ts';
import { catchReason } from '../harness/collect.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { until } from '../harness/latch.ts';
import { isLong, sample } from '../harness/long.ts';

let folder = '';
beforeEach(async () => {
  folder = await makeFolder('suspended');
});
// This hook runs before the census looks.
afterEach(() => removeFolder(folder));
census();

/** A pool whose limits are far longer than a test may take: what is stopped has to be seen, not waited for. */
const openPool = (options: PoolOptions = {}): Pool =>
  new Pool({ workers: 2, isolate: 'process', startTimeout: 900_000, importTimeout: 900_000, ...options });

/** Text of a module: stops its process once, or each time. */
const stopsAt = (mark: string, isAlways = false): string =>
  isAlways
    ? `process.kill(process.pid, 'SIGSTOP');`
    : `import { mkdirSync } from 'node:fs';
       let isFirst = true;
       try { mkdirSync(${JSON.stringify(mark)}); } catch { isFirst = false; }
       if (isFirst) process.kill(process.pid, 'SIGSTOP');`;

/** A module with a task, whose load stops its process. */
async function writeTasks(name: string, isAlways: boolean): Promise<string> {
  const file = join(folder, `${name}.mjs`);
  const text = `${stopsAt(join(folder, name), isAlways)}\nexport const double = (n) => 2 * n;`;
  await writeFile(file, text);
  return pathToFileURL(file).href;
}

interface Tasks {
  double(n: number): number;
}

/** Runs something with a module that child processes preload. */
async function withPreload(name: string, isAlways: boolean, run: () => Promise<void>): Promise<void> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, stopsAt(join(folder, name), isAlways));
  const { NODE_OPTIONS: before } = process.env;
  process.env['NODE_OPTIONS'] = `${before ?? ''} --import ${pathToFileURL(file).href}`;
  try {
    await run();
  } finally {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  }
}

const ITEMS = [1, 2, 3, 4, 5, 6];
const DOUBLED = [2, 4, 6, 8, 10, 12];

const skip = process.platform !== 'linux' && 'only Linux tells that a process is stopped';

/**
 * A result that stops its process where it is read for the answer, once: later items have begun by then. The first result
 * of a chunk is read once before, for its size, while its item still counts as running.
 */
const stopsInAnswer = (n: number, mark: string): { readonly twice: number } => {
  const state = globalThis as { lastBegun?: number };
  state.lastBegun = n;
  return {
    get twice() {
      if (n !== 3 || state.lastBegun === n) return 2 * n;
      const { mkdirSync } = process.getBuiltinModule('node:fs');
      try {
        mkdirSync(mark);
      } catch {
        return 2 * n;
      }
      process.kill(process.pid, 'SIGSTOP');
      return 2 * n;
    },
  };
};

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads how often a process was switched, which changes when it runs. */
function readSwitches({ pid }: { readonly pid?: number | undefined }): string {
  return (
    /^voluntary_ctxt_switches:.*\nnonvoluntary.*/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[0] ??
    ''
  );
}

async function checkLoad(timeout: number | undefined): Promise<void> {
  const tasks = importTasks<Tasks>(await writeTasks(`load-${timeout}`, false));
  const pool = openPool();
  const outcomes = await parallelMapSettled(ITEMS, tasks.double, { pool, timeout, chunkSize: 1 });
  assert.deepEqual(
    outcomes.map(({ status, attempts }) => `${status} ${attempts}`),
    ITEMS.map(() => 'fulfilled 1'),
  );
  await pool.close();
}

async function checkPipeline(): Promise<void> {
  const tasks = importTasks<Tasks>(await writeTasks('pipeline', false));
  const pool = openPool();
  assert.deepEqual(await pipeline(ITEMS).cpu(tasks.double).toArray({ pool }), DOUBLED);
  await pool.close();
}

async function checkAnswer(): Promise<void> {
  const pool = openPool({ workers: 1 });
  const mark = join(folder, 'answer');
  const results = await parallelMap(ITEMS, (n) => stopsInAnswer(n, mark), { pool, chunkSize: 6 });
  assert.deepEqual(
    results.map(({ twice }) => twice),
    DOUBLED,
  );
  await pool.close();
}

describe('a process that is stopped', { skip }, () => {
  test('while it starts is replaced', async () => {
    for (const workers of sample([1], [1, 2])) {
      await withPreload(`start-${workers}`, false, async () => {
        const pool = openPool({ workers });
        assert.deepEqual(await parallelMap(ITEMS, double, { pool, chunkSize: 1 }), DOUBLED);
        await pool.close();
      });
    }
  });

  test('each time while it starts: the call rejects, and says what it was', { skip: !isLong }, async () => {
    await withPreload('each-start', true, async () => {
      const pool = openPool();
      const reason = await catchReason(parallelMap(ITEMS, double, { pool }));
      assert.ok(reason instanceof WorkerError && reason.reason === 'start', String(reason));
      assert.match(
        reason.message,
        /^No worker could start: it was stopped by a signal \(SIGSTOP\) before it was/,
      );
      await pool.close();
    });
  });

  test('while it loads a task, or answers: what it held runs elsewhere, and no item is blamed', async () => {
    await Promise.all([checkLoad(undefined), checkLoad(10_000), checkPipeline(), checkAnswer()]);
  });

  test('each time while it loads the task: says what it was', { skip: !isLong }, async () => {
    const tasks = importTasks<Tasks>(await writeTasks('each-load', true));
    const pool = openPool();
    const reason = await catchReason(pipeline(ITEMS).cpu(tasks.double).toArray({ pool }));
    assert.match(
      String(reason),
      /could not be loaded: Error: the worker was stopped by a signal \(SIGSTOP\) each time while it loaded the task/,
    );
    await pool.close();
  });

  test('before it begins what it is sent: another runs it, and a warning says so', async () => {
    const pool = openPool({ workers: 1 });
    await parallelMap([1], double, { pool });
    const warnings: string[] = [];
    const note = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', note);
    for (const child of listChildren()) child.kill('SIGSTOP');
    assert.deepEqual(await parallelMap(ITEMS, double, { pool }), DOUBLED);
    await until(() => warnings.length > 0);
    process.off('warning', note);
    assert.match(
      warnings.join('\n'),
      /^A worker is replaced. Its process was stopped by a signal \(SIGSTOP\), and did not go on: somebody has sent it, or item 0,/,
    );
    await pool.close();
  });

  test('while it closes what perWorker opened does not keep its pool open', { skip: !isLong }, async () => {
    const pool = openPool({ workers: 1 });
    const value = perWorker(() => ({
      factor: 2,
      [Symbol.dispose]: () => void process.kill(process.pid, 'SIGSTOP'),
    }));
    assert.deepEqual(await parallelMap(ITEMS, (n) => n * value().factor, { pool }), DOUBLED);
    await pool.close();
  });

  test('and goes on soon is left alone', async () => {
    const pool = openPool({ workers: 1 });
    const call = parallelMap([1], () => process.pid, { pool });
    const [started] = listChildren();
    // Longer than a stop may last, but for moments, as where CPU time is limited.
    for (let time = 0; time < 20; time++) {
      for (const child of listChildren()) child.kill('SIGSTOP');
      // oxlint-disable-next-line no-await-in-loop -- one stop after the other.
      await later(80);
      const before = listChildren().map(readSwitches);
      for (const child of listChildren()) child.kill('SIGCONT');
      // On a busy machine a process that may run does not run at once.
      // oxlint-disable-next-line no-await-in-loop -- one stop after the other.
      await until(() => listChildren().every((child, at) => readSwitches(child) !== before[at]));
    }
    assert.deepEqual(await call, [started?.pid]);
    await pool.close();
  });
});
