import assert from 'node:assert/strict';
import { cp, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { inFull, isLong } from '../harness/long.ts';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';
import { npm, packPackage, type Tarball, unpackPackage } from './npm.ts';
import { testPublished } from './published.ts';

const expected = {
  piped: [4, 9],
  mapped: [1, 4, 9, 16],
  streamed: [1, 4, 9, 16],
  settled: [1, 2, '2: TaskError: RangeError: three is refused', 4],
  imported: [1, 4, 9, 16],
  onMainThread: [false],
};

/** Kept working for users who cannot move: from here on `const` type parameters and `NoInfer` are known. */
const oldestTypeScript = 'typescript-oldest@npm:typescript@5.4';

/** Node 20 cannot run TypeScript. There, users run it with tsx. */
const nodeRunsTypeScript = Boolean((process.features as { readonly typescript?: unknown }).typescript);

/** Holds the package, and the projects, which share what is installed here. */
let folder: string;
let tarball: Tarball;
before(async () => {
  folder = await makeFolder('consumers');
  tarball = await packPackage(folder);
});
after(() => removeFolder(folder));

testPublished(() => tarball);

describe('a project that installs the package', () => {
  before(async () => {
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    const modules = join(folder, 'node_modules');
    // npm takes as long as all the projects here do.
    if (isLong) await npm(['install', ...quietly, tarball.path, oldestTypeScript], folder);
    else await unpackPackage(tarball, modules);
    // Packages that the project itself is developed with are taken from here.
    await mkdir(join(modules, '@types'));
    for (const name of ['typescript', 'tsx', '@types/node'])
      await symlink(new URL(`node_modules/${name}`, root), join(modules, name), 'junction');
  });

  describe('in JavaScript', () => {
    let project: string;
    before(async () => {
      project = await makeProject('plain');
    });

    test('imports it', async () => {
      assert.deepEqual(await runNode(project, ['main.js']), expected);
    });

    test('requires it from CommonJS', async () => {
      assert.deepEqual(await runNode(project, ['main.cjs']), expected);
    });
  });

  describe('in TypeScript', () => {
    let project: string;
    let tsc: string;
    let oldestTsc: string;
    let tsx: string;
    before(async () => {
      project = await makeProject('sources');
      oldestTsc = join(folder, 'node_modules/typescript-oldest/bin/tsc');
      tsc = join(folder, 'node_modules/typescript/bin/tsc');
      tsx = join(folder, 'node_modules/tsx/dist/cli.mjs');
    });

    test('compiles against its types, strictly and with library checks, and runs', async () => {
      await runProgram(process.execPath, [tsc], project);
      assert.deepEqual(await runNode(project, ['out/main.js']), expected);
    });

    test('compiles with the oldest TypeScript that is supported', inFull, async () => {
      // That compiler knows no `rewriteRelativeImportExtensions`, hence its options are given one by one.
      const options = '--noEmit --strict --skipLibCheck false --target es2022 --lib es2022 --module nodenext';
      const files = ['--types', 'node', '--allowImportingTsExtensions', 'main.ts', 'tasks.ts'];
      await runProgram(process.execPath, [oldestTsc, ...options.split(' '), ...files], project);
    });

    test(
      'has the types of items without @types/node, and asks for it where libraries are checked',
      inFull,
      async () => {
        const [types, away] = ['@types', 'away'].map((name) => join(folder, 'node_modules', name));
        const options = '--noEmit --strict --target es2022 --lib es2022 --module nodenext --ignoreConfig';
        const compile = (skip: boolean): Promise<string> => {
          const files = [`--skipLibCheck`, `${skip}`, '--types', '', 'untyped.ts'];
          return runProgram(process.execPath, [tsc, ...options.split(' '), ...files], project);
        };
        await rename(types ?? '', away ?? '');
        try {
          await compile(true);
          await assert.rejects(compile(false), /Cannot find type definition file for 'node'/);
        } finally {
          await rename(away ?? '', types ?? '');
        }
        await compile(false);
      },
    );

    // Where Node does not strip types, tsx takes longer than all else here.
    test('runs from its sources, by Node or by tsx in it', nodeRunsTypeScript ? {} : inFull, async () => {
      const preload = nodeRunsTypeScript ? [] : ['--import=tsx'];
      assert.deepEqual(await runNode(project, [...preload, 'main.ts']), expected);
    });

    test('runs from its sources by tsx', inFull, async () => {
      assert.deepEqual(await runNode(project, [tsx, 'main.ts']), expected);
    });
  });

  async function makeProject(name: string): Promise<string> {
    const project = join(folder, name);
    await cp(fileURLToPath(new URL(`test/fixtures/consumers/${name}`, root)), project, { recursive: true });
    return project;
  }
});

const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];

async function runNode(project: string, args: readonly string[]): Promise<unknown> {
  return JSON.parse(await runProgram(process.execPath, args, project));
}
