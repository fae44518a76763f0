import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertTask } from '../../src/options/arguments.ts';
import { resolveTask } from '../../src/task/resolve-task.ts';
import { importTasks } from '../../src/task/handle/import-tasks.ts';
import getEightfold from './fixtures/anonymous-default.ts';
import quintuple, { double, getHidden, Sum, triple } from './fixtures/exports.ts';
import * as all from './fixtures/exports.ts';
import { early, late, resolveNow } from './fixtures/starts-itself.ts';
import { eightfold, twice } from './fixtures/re-exports.ts';
import { TestWorker } from './harness/run-on-worker.ts';

const url = new URL('./fixtures/exports.js', import.meta.url).href;
const commonUrl = new URL('../../../test/fixtures/task/common.cjs', import.meta.url).href;
const common: Record<string, (value?: unknown) => unknown> = createRequire(import.meta.url)(
  fileURLToPath(commonUrl),
);
const worker = new TestWorker();
after(() => worker.close());

describe('an exported function travels by reference', () => {
  const cases: readonly [string, unknown, string, string, number][] = [
    ['named', double, url, 'double', 14],
    ['declared, then exported', triple, url, 'triple', 21],
    ['renamed', all.fourfold, url, 'fourfold', 28],
    ['default', quintuple, url, 'default', 35],
    ['anonymous default', getEightfold, url.replace('exports', 'anonymous-default'), 'default', 56],
    ['re-exported', twice, url, 'double', 14],
    ['re-exported default', eightfold, url.replace('exports', 'anonymous-default'), 'default', 56],
    ['CommonJS', common['add'], commonUrl, 'add', 8],
  ];
  for (const [title, task, expectedUrl, name, result] of cases) {
    it(title, async () => {
      assert.deepEqual(await resolveTask(task as Function), { kind: 'reference', url: expectedUrl, name });
      assert.equal(await worker.run(task, 7), result);
    });
  }

  it('answers at once, and with the same reference each time', () => {
    assert.equal(resolveTask(double), resolveTask(double));
  });

  it('finds functions of Node itself', async () => {
    assert.deepEqual(await resolveTask(basename), { kind: 'reference', url: 'node:path', name: 'basename' });
    assert.equal(await worker.run(basename, '/a/b.txt'), 'b.txt');
  });
});

describe('assertTask', () => {
  it('refuses what is no function', () => {
    const cases: readonly [unknown, RegExp][] = [
      [undefined, /got undefined/],
      [null, /got null/],
      ['parse', /got the string "parse"/],
      [{}, /got an object/],
      [Object.create(null), /got an object/],
    ];
    for (const [task, message] of cases) {
      assert.throws(() => assertTask(task), { name: 'TypeError', message });
    }
  });
});

describe('resolveTask', () => {
  it('does not send a module by reference that is still starting', async () => {
    assert.equal(early.kind, 'captured');
    assert.equal(late.kind, 'captured');
    assert.equal(((await resolveNow()) as { kind: string }).kind, 'reference');
  });

  it('captures a function that its module does not export', async () => {
    assert.equal((await resolveTask(getHidden())).kind, 'captured');
    assert.equal((await resolveTask(Reflect.get(Sum, 'of') as Function)).kind, 'captured');
    assert.equal((await resolveTask(common['getAddOffset']?.() as Function)).kind, 'captured');
    assert.equal(await worker.run(getHidden(), 1), 13);
    assert.equal(await worker.run(common['getAddOffset']?.(), 1), 11);
  });
});

describe('a task that cannot be imported', () => {
  const load = (file: string, name: string): Promise<unknown> =>
    worker.run(importTasks<Record<string, () => void>>(new URL(file, import.meta.url))[name]);

  it('names the exports when the one asked for is missing', async () => {
    await assert.rejects(load('./fixtures/anonymous-default.js', 'parse'), {
      name: 'TypeError',
      message: /anonymous-default\.js has no export `parse`. It exports the functions default\.$/,
    });
  });
  it('says when the export is no function', async () => {
    await assert.rejects(load('./fixtures/exports.js', 'limit'), {
      message: /exports `limit` as number, not as a function/,
    });
  });
  it('rejects when the module is missing', async () => {
    await assert.rejects(load('./fixtures/absent.js', 'parse'), {
      message: /^Cannot find module '.*absent\.js'/,
    });
  });
  it('rejects when the module throws', async () => {
    await assert.rejects(load('./fixtures/broken.js', 'parse'), { message: 'The fixture throws on import.' });
  });
  it('rejects when the module does not parse', async () => {
    const source = 'data:text/javascript,export const parse = ;';
    await assert.rejects(worker.run(importTasks<{ parse: () => void }>(source).parse), {
      name: 'SyntaxError',
    });
  });
});
