import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { importTasks } from '../../src/task/handle/import-tasks.ts';
import { resolveTask } from '../../src/task/resolve-task.ts';
import { TestWorker } from './harness/run-on-worker.ts';

const url = new URL('./fixtures/exports.js', import.meta.url);
const worker = new TestWorker();
after(() => worker.close());

describe('importTasks', () => {
  it('gives tasks that a worker imports', async () => {
    const tasks = importTasks<typeof import('./fixtures/exports.ts')>(url);
    assert.deepEqual(await resolveTask(tasks.double), { kind: 'reference', url: url.href, name: 'double' });
    assert.equal(await worker.run(tasks.double, 4), 8);
    assert.equal(tasks.double, tasks.double);
    assert.equal(tasks.double.name, 'double');
  });

  it('gives tasks that closures call, by a name that is written out or worked out', async () => {
    const tasks = importTasks<typeof import('./fixtures/exports.ts')>(url);
    assert.equal(await worker.run((n: number) => tasks.double(n) + 1, 4), 9);
    const name: 'double' = ['double' as const][0] as 'double';
    assert.equal(await worker.run((n: number) => tasks[name](n) + 1, 4), 9);
    const held = { tasks };
    assert.equal(await worker.run((n: number) => held.tasks.double(n) + tasks.double(n), 4), 16);
  });

  it('says of a name that the module does not export which it is', async () => {
    const tasks = importTasks<{ absent(n: number): number }>(url);
    await assert.rejects(async () => worker.run((n: number) => tasks.absent(n), 4), /absent/);
  });

  it('types the handles as the functions, and offers functions only', () => {
    const tasks = importTasks<typeof import('./fixtures/exports.ts')>(url);
    const double: (value: number) => number = tasks.double;
    // @ts-expect-error -- `limit` is a number.
    assert.equal(typeof tasks.limit, 'function');
    assert.equal(typeof double, 'function');
  });

  it('takes a path and a URL as text', async () => {
    for (const place of [url.href, fileURLToPath(url)]) {
      const { double } = importTasks<typeof import('./fixtures/exports.ts')>(place);
      assert.equal(await worker.run(double, 4), 8);
    }
  });

  it('refuses a place that depends on where one stands', () => {
    assert.throws(() => importTasks('./tasks.js'), {
      name: 'TypeError',
      message: /new URL\('\.\/tasks\.js', import\.meta\.url\)/,
    });
    assert.throws(() => importTasks('lodash'), {
      name: 'TypeError',
      message: /import\.meta\.resolve\('lodash'\)/,
    });
    assert.throws(() => importTasks(7 as unknown as string), {
      name: 'TypeError',
      message: /got the number 7/,
    });
  });

  it('says why a handle cannot be called on the main thread', () => {
    const { double } = importTasks<typeof import('./fixtures/exports.ts')>(url);
    assert.throws(() => double(1), {
      name: 'TypeError',
      message: /`double` of file:.* runs on workers only/,
    });
  });

  it('can be awaited, printed and turned into JSON without harm', async () => {
    const tasks = importTasks<typeof import('./fixtures/exports.ts')>(url);
    assert.equal(await Promise.resolve(tasks), tasks);
    assert.equal(JSON.stringify(tasks), '{}');
    assert.equal(Object.prototype.toString.call(tasks), '[object Object]');
  });

  it('finds the JavaScript next to a TypeScript file that is not there', async () => {
    const { double } = importTasks<typeof import('./fixtures/exports.ts')>(
      new URL('./fixtures/exports.ts', import.meta.url),
    );
    assert.equal(await worker.run(double, 4), 8);
  });

  it('never loads the inspector or the parser', () => {
    const program = (task: string): string => `
      const { importTasks } = await import(${JSON.stringify(new URL('../../src/task/handle/import-tasks.js', import.meta.url))});
      const { resolveTask } = await import(${JSON.stringify(new URL('../../src/task/resolve-task.js', import.meta.url))});
      resolveTask(${task});
      const { createRequire } = await import('node:module');
      const parser = Object.keys(createRequire('file:///').cache).some((file) => file.endsWith('capture.cjs'));
      console.log(process.moduleLoadList.includes('NativeModule inspector'), parser);
    `;
    const run = (task: string): string =>
      spawnSync(process.execPath, ['--input-type=module', '--eval', program(task)], { encoding: 'utf8' })
        .stdout;
    assert.equal(run("importTasks('file:///tasks.js').parse"), 'false false\n');
    assert.equal(run('() => 1'), 'true true\n');
  });
});
