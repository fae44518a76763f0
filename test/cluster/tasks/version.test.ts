import assert from 'node:assert/strict';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { computeVersion } from '../../../src/cluster/tasks/version.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';

const folders: string[] = [];
after(async () => await Promise.all(folders.map(removeFolder)));

type Files = Readonly<Record<string, string>>;

async function write(files: Files): Promise<string> {
  const folder = await makeFolder('version');
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

const versionOf = async (folder: string, file = 'tasks.js'): Promise<string> =>
  await computeVersion(pathToFileURL(join(folder, file)).href);

const program: Files = {
  'tasks.js': `import { a } from './lib/a.js'; import 'dep/sub'; import '@org/pkg'; import 'node:fs'; export const t = a;`,
  'lib/a.js': `export * from './b.js'; export const a = await import('../data.json', { with: { type: 'json' } });`,
  'lib/b.js': `import '../tasks.js'; const c = () => require('./c');`,
  'lib/c.cjs': `module.exports = require('./folder')`,
  'lib/folder/index.js': 'module.exports = 1',
  'data.json': '{ "a": 1 }',
  'unused.js': '',
  'node_modules/dep/package.json':
    '{ "name": "dep", "version": "1.0.0", "exports": { "./sub": { "import": "./esm/sub.js" } } }',
  'node_modules/dep/esm/package.json': '{ "type": "module" }',
  'node_modules/dep/esm/sub.js': 'export {}',
  'node_modules/@org/pkg/package.json': '{ "name": "@org/pkg", "version": "2.0.0" }',
  'node_modules/@org/pkg/index.js': '',
};

test('it is the same wherever the same files are, and short', async () => {
  const [one, other] = [await write(program), await write(program)];
  const version = await versionOf(one);
  assert.match(version, /^[0-9a-f]{32}$/);
  assert.equal(await versionOf(other), version);
  const moved = join(await write({}), 'elsewhere', 'deep');
  await cp(one, moved, { recursive: true });
  assert.equal(await versionOf(moved), version);
  const linked = await write({});
  await symlink(one, join(linked, 'link'), 'junction');
  assert.equal(await versionOf(linked, 'link/tasks.js'), version);
  assert.equal(await computeVersion(`${pathToFileURL(join(one, 'tasks.js')).href}?loader=1#x`), version);
});

test('it is another when anything changes that a task is made of, and only then', async () => {
  const version = await versionOf(await write(program));
  const changed = async (change: Files): Promise<boolean> =>
    (await versionOf(await write({ ...program, ...change }))) !== version;
  for (const file of ['tasks.js', 'lib/a.js', 'lib/b.js', 'data.json']) {
    assert.ok(await changed({ [file]: `${program[file]} ` }), file);
    assert.ok(await changed({ [file]: `${program[file]}\r\n` }), file);
  }
  assert.ok(await changed({ 'node_modules/dep/package.json': '{ "name": "dep", "version": "1.0.1" }' }));
  assert.ok(
    await changed({ 'node_modules/@org/pkg/package.json': '{ "name": "@org/pkg", "version": "2.0.1" }' }),
  );
  assert.ok(!(await changed({ 'unused.js': 'changed' })));
  assert.ok(!(await changed({ 'node_modules/dep/esm/sub.js': 'export const a = 1;' })));
  assert.ok(!(await changed({ 'package.json': '{ "name": "program", "version": "9.9.9" }' })));
});

test('CommonJS is followed as well', async () => {
  const files = { ...program, 'lib/b.js': '' };
  const version = await versionOf(await write(files), 'lib/c.cjs');
  const other = await write({ ...files, 'lib/folder/index.js': 'module.exports = 2' });
  assert.notEqual(await versionOf(other, 'lib/c.cjs'), version);
});

test('sources in TypeScript are found under the names of what is made of them', async () => {
  const files = {
    'tasks.ts': `import { a } from './a.js'; import { b } from './b.ts'; import { c } from './c'; import type { D } from './d.js';`,
    'a.ts': 'export const a = 1;',
    'b.ts': 'export const b = 1;',
    'c.ts': 'export const c = 1;',
    'd.ts': 'export type D = 1;',
  };
  const version = await versionOf(await write(files), 'tasks.ts');
  for (const file of ['a.ts', 'b.ts', 'c.ts', 'd.ts'] as const) {
    const folder = await write({ ...files, [file]: `${files[file]} ` });
    assert.equal((await versionOf(folder, 'tasks.ts')) === version, file === 'd.ts', file);
  }
});

test('a package of the same workspace counts with its files', async () => {
  const files = {
    'app/tasks.js': `import 'shared';`,
    'shared/package.json': '{ "name": "shared", "version": "0.0.0", "main": "main.js" }',
    'shared/main.js': 'export const a = 1;',
  };
  const link = async (folder: string): Promise<string> => {
    await mkdir(join(folder, 'app/node_modules'));
    await symlink(join(folder, 'shared'), join(folder, 'app/node_modules/shared'), 'junction');
    return await versionOf(folder, 'app/tasks.js');
  };
  const version = await link(await write(files));
  assert.equal(await link(await write(files)), version);
  assert.notEqual(await link(await write({ ...files, 'shared/main.js': 'export const a = 2;' })), version);
});

test('what is not there is told apart from what is', async () => {
  const files = {
    'tasks.js': `try { require('./optional'); } catch {} try { require('optional'); } catch {}`,
  };
  const version = await versionOf(await write(files));
  assert.equal(await versionOf(await write(files)), version);
  assert.notEqual(await versionOf(await write({ ...files, 'optional.js': '' })), version);
  const manifest = '{ "name": "optional", "version": "1.0.0" }';
  const installed = await write({ ...files, 'node_modules/optional/package.json': manifest });
  assert.notEqual(await versionOf(installed), version);
});

test('it is made once: what the program has loaded does not change', async () => {
  const folder = await write(program);
  const version = await versionOf(folder);
  await rm(folder, { recursive: true });
  assert.equal(await versionOf(folder), version);
});

test('a build stands for all of it', async () => {
  assert.equal(await computeVersion('file:///nowhere.js', 'v1.4.2'), 'v1.4.2');
  for (const build of ['', 'a b', 'a/b', 'a:b', 'x'.repeat(65), 5, null]) {
    await assert.rejects(
      computeVersion('file:///nowhere.js', build as string),
      /Expected `build` to have 1 to 64/,
    );
  }
});

test('a module that is no file is told to need a build, now and the next time', async () => {
  const missing = pathToFileURL(join(await write({}), 'tasks.js')).href;
  for (const url of ['data:text/javascript,1', 'https://host/tasks.js', missing, missing]) {
    await assert.rejects(
      computeVersion(url),
      (thrown: Error) => thrown instanceof TypeError && /`build`/.test(thrown.message),
    );
  }
});
