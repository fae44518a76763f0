import assert from 'node:assert/strict';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { keepPlaces } from '../harness/keep-places.ts';
import { inFull } from '../harness/long.ts';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';

/** Says what each way of calling gives, or that it rejects, and how. */
const main = `
import { importTasks, parallelMap, parallelMapIterable, pipeline, Pool, spawn } from 'telar';
import { ndjson } from 'telar/files';
import { parallelMapInto, parallelReduce } from 'telar/memory';
const k = 2;
class Doubler { double(x) { return x * k; } }
const tasks = 'file:///nowhere/tasks.mjs';
const ways = {
  closure: () => parallelMap([1, 2], (x) => x * k),
  handle: () => parallelMap([1, 2], importTasks(tasks).twice),
  read: async () => { for await (const x of parallelMapIterable([1], (x) => x * k)) return x; },
  pipeline: () => pipeline([1, 2]).cpu((x) => x * k).toArray(),
  spawn: () => spawn(Doubler),
  module: () => spawn(tasks),
  processes: async () => new Pool({ isolate: 'process' }),
  into: () => parallelMapInto(new Float64Array(9), new Float64Array(9), (x) => x + k),
  reduce: () => parallelReduce(new Float64Array(9), { init: () => 0, step: (sum, x) => sum + x, merge: (a, b) => a + b }),
  files: () => pipeline(ndjson('nowhere/*.ndjson')).count(),
};
const say = async () => {
  for (const way of process.argv.slice(2)) {
    await ways[way]().then((value) => console.log(JSON.stringify(value)), ({ message }) => console.log(message));
  }
};
void say();
`;
/** The entries of the package. */
const entries = ['telar', 'cluster', 'files', 'http', 'memory', 'postgres'];
/** Says for each function and class that the package exports by which name a task finds it in its own Telar. */
const exported = `
import { parallelMap } from 'telar';
${entries.map((entry) => `import * as ${entry} from '${specify(entry)}';`).join('\n')}
const say = async () => {
  for (const [specifier, all] of [${entries.map((entry) => `['${specify(entry)}', ${entry}]`).join(', ')}]) {
    const url = import.meta.resolve(specifier);
    const own = Object.fromEntries(Object.entries(all).filter(([, value]) => typeof value === 'function'));
    const lines = await parallelMap(Object.keys(own), async (name) => {
      const found = Object.entries(await import(url)).find(([, value]) => value === own[name]);
      return name + ': ' + found?.[0];
    });
    for (const line of lines) console.log(line);
  }
};
void say();
`;
function specify(entry: string): string {
  return entry === 'telar' ? entry : `telar/${entry}`;
}
const ways = [
  'closure',
  'handle',
  'read',
  'pipeline',
  'spawn',
  'module',
  'processes',
  'into',
  'reduce',
  'files',
];

/** Values that all copies of Telar on a thread have in common. */
type Registry = ReadonlyMap<string, WeakMap<object, unknown>>;

test('the package notes of all functions that its entries export where they are from', async () => {
  for (const entry of entries) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other.
    const exported = (await import(specify(entry))) as Readonly<Record<string, unknown>>;
    for (const [name, value] of Object.entries(exported)) {
      if (typeof value !== 'function') continue;
      const { origins } = Object.fromEntries(Reflect.get(globalThis, Symbol.for('telar')) as Registry);
      const url = import.meta.resolve(specify(entry));
      assert.deepEqual(origins?.get(value), { kind: 'reference', url, name });
    }
  }
});

describe('a program that', () => {
  let folder: string;
  before(async () => {
    folder = await makeFolder('bundled');
    await mkdir(join(folder, 'node_modules'));
    await symlink(fileURLToPath(root), join(folder, 'node_modules/telar'), 'junction');
    await writeFile(join(folder, 'main.mjs'), main);
  });
  after(() => removeFolder(folder));

  const bundle = async (outfile: string, options: BuildOptions): Promise<void> => {
    const entryPoints = [join(folder, 'main.mjs')];
    const settings: BuildOptions = {
      bundle: true,
      platform: 'node',
      external: ['esbuild'],
      logLevel: 'error',
    };
    await build({ ...settings, entryPoints, outfile: join(folder, outfile), ...options });
  };
  const run = async (file: string, args: readonly string[], env: Record<string, string> = {}) =>
    (await runProgram(process.execPath, [file, ...args], folder, env)).trim().split('\n');

  const forms: readonly (readonly [file: string, options: BuildOptions])[] = [
    ['inside.mjs', { format: 'esm' }],
    ['small.mjs', { format: 'esm', minify: true }],
    ['inside.cjs', { format: 'cjs' }],
  ];
  for (const [file, options] of forms) {
    test(`has the package in its bundle (${file}) is told at each first call to keep it external`, async () => {
      await bundle(file, options);
      const lines = await run(file, ways);
      assert.equal(lines.length, ways.length);
      for (const line of lines) assert.match(line, /Telar was bundled.*`--external:telar` \(esbuild\)/);
    });
  }

  test('is bundled by webpack, or for Next, is told what to write there', async () => {
    await bundle('told.mjs', { format: 'esm', banner: { js: 'const __webpack_require__ = () => {};' } });
    assert.match(
      (await run('told.mjs', ['closure']))[0] as string,
      /`externals: \[\/\^telar\/\], externalsType: 'module'`/,
    );
    const [line] = await run('told.mjs', ['closure'], { NEXT_RUNTIME: 'nodejs' });
    assert.match(line as string, /`serverExternalPackages: \['telar'\]` in next\.config/);
  });

  test(
    'knows in its bundle where the package was imports in tasks all that the entries export',
    inFull,
    async () => {
      await writeFile(join(folder, 'exports.mjs'), exported);
      await bundle('exports-inside.mjs', {
        entryPoints: [join(folder, 'exports.mjs')],
        format: 'esm',
        minify: true,
        plugins: [keepPlaces],
      });
      const lines = await run('exports-inside.mjs', []);
      assert.ok(lines.length > 50, lines.join('\n'));
      for (const line of lines) assert.match(line, /^(\w+): \1$/);
    },
  );

  test('keeps the package external works in its bundle', async () => {
    await bundle('outside.mjs', { format: 'esm', external: ['telar'] });
    assert.deepEqual(await run('outside.mjs', ['closure', 'read']), ['[2,4]', '2']);
  });

  /** Installs the package beside the program, and takes files away from it. */
  const installWithout = async (place: string, names: readonly string[]): Promise<void> => {
    const installed = join(folder, place, 'node_modules/telar');
    await cp(new URL('dist/bundle/', root), join(installed, 'dist/bundle'), { recursive: true });
    await cp(new URL('package.json', root), join(installed, 'package.json'));
    for (const name of ['comlink', 'tinyglobby'])
      await symlink(
        fileURLToPath(new URL(`node_modules/${name}`, root)),
        join(installed, '..', name),
        'junction',
      );
    await cp(join(folder, 'main.mjs'), join(folder, place, 'main.mjs'));
    for (const name of names) await rm(join(installed, 'dist/bundle', name));
  };

  test('has lost a file of its installation is told which', async () => {
    const names = ['entry.cjs', 'find-exported.cjs', 'capture.cjs', 'spawn-entry.cjs', 'processes.cjs'];
    await installWithout('damaged', names);
    const lines = await run('damaged/main.mjs', ways);
    assert.equal(lines.length, ways.length);
    for (const line of lines) assert.match(line, /is missing beside .*: its installation is incomplete/);
  });

  test('has lost what workers load on demand is told which file that is', async () => {
    await installWithout('partial', ['revive.cjs', 'chain.cjs']);
    const [closure, pipeline] = await run('partial/main.mjs', ['closure', 'pipeline']);
    assert.match(closure as string, /Telar needs revive\.cjs, which is missing beside .*entry\.cjs/);
    assert.match(pipeline as string, /Telar needs chain\.cjs, which is missing beside .*entry\.cjs/);
  });
});
