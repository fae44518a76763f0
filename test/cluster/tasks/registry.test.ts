import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { nameTask } from '../../../src/cluster/tasks/name-task.ts';
import { TaskRegistry } from '../../../src/cluster/tasks/registry.ts';
import { encodeChain, decodeChain } from '../../../src/cluster/tasks/sent-chain.ts';
import { computeVersion } from '../../../src/cluster/tasks/version.ts';
import type { TaskReference } from '../../../src/task/definition/definition.ts';
import { resolveTask } from '../../../src/task/resolve-task.ts';
import type { ChainDefinition } from '../../../src/wire/message/chain.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';

const folder = await makeFolder('registry');
after(async () => await removeFolder(folder));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

const urlOf = (path: string): string => pathToFileURL(path).href;

test('exported functions are tasks, of the version of their module', async () => {
  const path = await write(
    'tasks.mjs',
    `export function parse() {} export const size = 1; export class Model {} export default async () => {}; function hidden() {}`,
  );
  const other = await write('more.tasks.mjs', 'export const clean = (text) => text;');
  // A path begins where the program was started.
  const tasks = await TaskRegistry.load([relative(process.cwd(), path), other]);
  const version = await computeVersion(urlOf(path));
  assert.deepEqual(new Set(tasks.versions), new Set([version, await computeVersion(urlOf(other))]));
  assert.deepEqual(tasks.listTasks(version).toSorted(), ['tasks#Model', 'tasks#default', 'tasks#parse']);
  assert.deepEqual(tasks.find(version, 'tasks#parse'), {
    kind: 'reference',
    url: urlOf(path),
    name: 'parse',
  });
  assert.deepEqual(tasks.listTasks(await computeVersion(urlOf(other))), ['more.tasks#clean']);
  assert.equal(tasks.find('other', 'tasks#parse'), undefined);
  for (const id of ['tasks#size', 'tasks#hidden', '__proto__', 'constructor', urlOf(path), 'parse', '']) {
    assert.equal(tasks.find(version, id), undefined, id);
  }
});

test('a build is the version of all modules, and a name may be given', async () => {
  const one = await write('a/tasks.mjs', 'export const a = () => 1;');
  const two = await write('b/tasks.mjs', 'export const b = () => 2;');
  const tasks = await TaskRegistry.load([one, `others=${two}`], 'v1.4.2');
  assert.deepEqual(tasks.versions, ['v1.4.2']);
  assert.deepEqual(tasks.listTasks('v1.4.2').toSorted(), ['others#b', 'tasks#a', 'tasks#b']);
  assert.equal(tasks.find('v1.4.2', 'others#b')?.url, urlOf(two));
});

test('what a caller takes a task for, the node has, from whichever module it was imported', async () => {
  const home = await write(
    'home.mjs',
    'export const one = () => 1; const secret = () => 2; export { secret as two };',
  );
  const door = await write(
    'door.mjs',
    `export * from './home.mjs'; export { one as uno } from './home.mjs';`,
  );
  const commonJs = await write(
    'common.cjs',
    'exports.direct = () => 1; const all = { late() {} }; Object.assign(exports, all);',
  );
  const tasks = await TaskRegistry.load([door, commonJs]);
  for (const path of [door, commonJs]) {
    const exported = (await import(urlOf(path))) as Record<string, unknown>;
    const functions = { ...(exported['default'] as object), ...exported };
    for (const task of Object.values(functions).filter((value) => typeof value === 'function')) {
      const reference = await resolveTask(task);
      assert.equal(reference.kind, 'reference');
      const found = tasks.find(await computeVersion(reference.url), nameTask(reference));
      assert.deepEqual(found, reference);
    }
  }
  assert.ok(tasks.find(await computeVersion(urlOf(door)), 'door#uno'));
  assert.ok(tasks.find(await computeVersion(urlOf(home)), 'home#two'));
  assert.ok(tasks.find(await computeVersion(urlOf(commonJs)), 'common#late'));
});

test('two functions that callers take for one are refused', async () => {
  const one = await write('e/tasks.mjs', 'export const a = () => 1;');
  const two = await write('f/tasks.mjs', 'export const a = () => 2;');
  await assert.rejects(
    TaskRegistry.load([one, `others=${two}`], 'v1'),
    /Two tasks have the id 'tasks#a' in the build 'v1'/,
  );
  // Modules of one name are told apart by their content.
  const tasks = await TaskRegistry.load([one, `others=${two}`]);
  for (const path of [one, two]) {
    assert.equal(tasks.find(await computeVersion(urlOf(path)), 'tasks#a')?.url, urlOf(path));
  }
  const door = await write('door/tasks.mjs', `export * from '../e/tasks.mjs';`);
  assert.deepEqual((await TaskRegistry.load([door], 'v1')).listTasks('v1'), ['tasks#a'], 'it is the same');
});

test('what no node can be started with is refused with what to do', async () => {
  const empty = await write('empty.mjs', 'export const size = 1;');
  const failing = await write('failing.mjs', `throw new RangeError('no licence');`);
  const spaced = await write('a b.mjs', 'export const a = () => 1;');
  const one = await write('c/tasks.mjs', 'export const a = () => 1;');
  const two = await write('d/tasks.mjs', 'export const a = () => 1;');
  const cases: readonly (readonly [files: readonly string[], message: RegExp])[] = [
    [[join(folder, 'nowhere.mjs')], /no module of tasks .*nowhere\.mjs: .* is no file/],
    [[folder], /is no file/],
    [[empty], /empty\.mjs exports no functions: it exports size\./],
    [[failing], /failing\.mjs cannot be imported: RangeError: no licence/],
    [[spaced], /'a b' is none: give one, as in --tasks name=/],
    [[one, two], /Two modules of tasks have the name 'tasks': .*--tasks other=/],
    [[one, `tasks=${spaced}`], /Two modules of tasks have the name 'tasks'/],
  ];
  for (const [files, message] of cases) {
    await assert.rejects(
      TaskRegistry.load(files),
      (thrown: Error) => thrown instanceof TypeError && message.test(thrown.message),
    );
  }
  await assert.rejects(TaskRegistry.load([one], 'a b'), /Expected `build`/);
  assert.deepEqual(
    (await TaskRegistry.load([`named=${spaced}`], 'v1')).listTasks('v1').includes('named#a'),
    true,
  );
});

test('a node sends all that topK keeps of a chunk: what it ran before may not count', () => {
  const by: TaskReference = { kind: 'reference', url: 'file:///tasks.js', name: 'rank' };
  const chain: ChainDefinition = {
    kind: 'chain',
    decode: undefined,
    stages: [],
    collect: { kind: 'topK', count: 2, by, seed: 1, isFinal: true, isDropping: false },
    reads: undefined,
  };
  const opened = decodeChain(JSON.parse(JSON.stringify(encodeChain(chain))), [by]);
  assert.deepEqual(opened?.collect, { ...chain.collect, isFinal: false });
});
