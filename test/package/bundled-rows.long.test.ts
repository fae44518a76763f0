import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { keepPlaces } from '../harness/keep-places.ts';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';

const rows = fileURLToPath(new URL('test/fixtures/matrix/rows/calls/nested.js', root));
const show = fileURLToPath(new URL('test/fixtures/matrix/show.js', root));

/** Runs the task of each row that uses Telar in turn, and says what is not as it has to be. */
const main = `
import { nestedCalls } from ${JSON.stringify(rows)};
import { show } from ${JSON.stringify(show)};
const say = async () => {
  for (const [row, { there, here }] of Object.entries(nestedCalls)) {
    const right = show(await here());
    const gave = await there().then(show, String);
    console.log(row + ': ' + (gave === right ? 'works' : gave + ', right is ' + right));
  }
};
void say();
`;

/** Module with the same rows as tasks, which has a Telar of its own inside. */
const tasks = `
import { nestedCalls } from ${JSON.stringify(rows)};
import { show } from ${JSON.stringify(show)};
export const list = () => Object.keys(nestedCalls);
export async function check(row) {
  const { there, here } = nestedCalls[row];
  const right = show(here());
  const gave = await there().then(show, String);
  return row + ': ' + (gave === right ? 'works' : gave + ', right is ' + right);
}
`;
const caller = `
import { importTasks, parallelMap } from 'telar';
const { check, list } = importTasks(new URL(process.argv[2], import.meta.url));
const [rows] = await parallelMap([0], list);
for (const line of await parallelMap(rows, check)) console.log(line);
`;

describe('tasks that use Telar in turn', () => {
  let folder: string;
  before(async () => {
    folder = await makeFolder('bundled-rows');
    await mkdir(join(folder, 'node_modules'));
    await symlink(fileURLToPath(root), join(folder, 'node_modules/telar'), 'junction');
    await writeFile(join(folder, 'main.mjs'), main);
    await writeFile(join(folder, 'tasks.mjs'), tasks);
    await writeFile(join(folder, 'caller.mjs'), caller);
  });
  after(() => removeFolder(folder));

  const bundle = async (from: string, to: string, options: BuildOptions): Promise<void> => {
    const [entryPoints, outfile] = [[join(folder, from)], join(folder, to)];
    await build({ bundle: true, platform: 'node', logLevel: 'error', entryPoints, outfile, ...options });
  };
  const run = async (...args: readonly string[]): Promise<string[]> =>
    (await runProgram(process.execPath, args, folder)).trim().split('\n');

  const forms: readonly (readonly [file: string, options: BuildOptions])[] = [
    ['inside.mjs', { format: 'esm' }],
    ['small.mjs', { format: 'esm', minify: true }],
    ['inside.cjs', { format: 'cjs' }],
    ['old.cjs', { format: 'cjs', target: 'es2017', minify: true }],
  ];
  for (const [file, options] of forms) {
    test(`work where the package is inside of the program, which knows where it was (${file})`, async () => {
      await bundle('main.mjs', file, { ...options, plugins: [keepPlaces] });
      const lines = await run(file);
      assert.ok(lines.length >= 20);
      for (const line of lines) assert.match(line, /: works$/);
    });
  }

  test('work where they have the package inside, and know where it was', async () => {
    await bundle('tasks.mjs', 'known.mjs', { format: 'esm', plugins: [keepPlaces] });
    const lines = await run('caller.mjs', './known.mjs');
    assert.ok(lines.length >= 20);
    for (const line of lines) assert.match(line, /: works$/);
  });

  for (const format of ['esm', 'cjs'] as const) {
    test(`work, or say what to write, where they have the package inside (${format})`, async () => {
      const file = `./alone.${format === 'esm' ? 'mjs' : 'cjs'}`;
      await bundle('tasks.mjs', file, { format });
      const lines = await run('caller.mjs', file);
      assert.ok(lines.length >= 20);
      for (const line of lines)
        assert.match(line, /: works$|Telar was bundled.*keep the package external.*`--external:telar`/);
    });
  }
});
