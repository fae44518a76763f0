import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { analyse } from '../../examples/scan/analyse.ts';
import type { Row } from '../../examples/scan/analyse.ts';
import { findFiles } from '../../examples/scan/find-files.ts';
import { readFiles } from '../../examples/scan/read-files.ts';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { root } from '../harness/root.ts';
import { needsPosix } from '../harness/posix.ts';
import { sample } from '../harness/long.ts';

census();

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const program = fileURLToPath(new URL('dist/examples/scan/main.js', root));

/** Runs the program; `onNote` sees what it says on stderr, and may send it a signal. */
async function scan(args: string[], onNote?: (text: string, kill: () => void) => void): Promise<Ended> {
  const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, [program, ...args], { cwd: root, env });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onNote?.(stderr, () => child.kill('SIGINT'));
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

describe('npm start', () => {
  let folder: string;
  let input: string;
  let out: string;
  before(async () => {
    folder = await makeFolder('scan');
    input = join(folder, 'input');
    out = join(folder, 'rows.ndjson');
    await mkdir(join(input, 'deep'), { recursive: true });
    for (let number = 0; number < 67; number++) {
      await writeFile(join(input, `deep/${number}.js`), `function f${number}() {}\n`.repeat(1 + number * 10));
    }
    await writeFile(join(input, 'broken.js'), 'const = 1;');
    await writeFile(join(input, 'empty.js'), '');
    await writeFile(join(input, 'types.d.ts'), 'export declare const one: 1;\n');
  });
  after(() => removeFolder(folder));

  const readRows = async (): Promise<Row[]> =>
    (await readFile(out, 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Row);

  for (const workers of sample(['2'], ['1', '2', '3'])) {
    test(`writes the rows of a plain loop, in order, with ${workers} workers`, async () => {
      const { code, stdout, stderr } = await scan([input, '--out', out, '--workers', workers]);
      assert.equal(code, 0, stderr);
      const expected: Row[] = [];
      for await (const file of readFiles(input, await findFiles(input))) expected.push(analyse(file));
      assert.equal(expected.length, 70);
      assert.deepEqual(await readRows(), expected);
      assert.match(stderr, /70 files, .* on \d workers?\./);
      assert.match(stdout, /\nBroken +broken\.js: Unexpected token \(1:6\)\n/);
      assert.match(stdout, /\nTelar .* same rows: \d+\.\d\d times as fast\n/);
      assert.ok(stdout.endsWith(` ${out}\n`));
      assert.ok(!`${stdout}${stderr}`.includes('\u001B'), 'no colours or cursor moves into a pipe');
    });
  }

  test('has nothing to do in a folder without such files', async () => {
    await mkdir(join(folder, 'empty'));
    const { code, stdout, stderr } = await scan([join(folder, 'empty'), '--out', out]);
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /^There is no JavaScript .* nothing to do\.\n$/);
  });

  test('refuses a folder that does not exist', async () => {
    const { code, stdout, stderr } = await scan([join(folder, 'missing')]);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^Cannot read the folder .*missing: ENOENT.*\n$/);
  });

  test('refuses to write where it cannot', async () => {
    const { code, stderr } = await scan([input, '--out', join(folder, 'missing/rows')]);
    assert.equal(code, 2);
    assert.match(stderr, /^Cannot write to .*rows: ENOENT.*\n$/);
  });

  test('refuses an option that it does not know, and shows its usage', async () => {
    const { code, stdout, stderr } = await scan(['--fast']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /--fast[^]*Usage: npm start/);
  });

  test('shows its usage on stdout when asked', async () => {
    const { code, stdout, stderr } = await scan(['--help']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^Usage: npm start/);
  });

  test('closes all and ends by the signal when it is interrupted', needsPosix('signals'), async () => {
    const { signal, stdout, stderr } = await scan(['node_modules', '--out', out], (text, kill) => {
      if (text.includes('Scanning')) kill();
    });
    assert.deepEqual([signal, stdout], ['SIGINT', '']);
    const [, rows] = /Stopped\. The rows of ([\d,]+) of [\d,]+ files are in /.exec(stderr) ?? [];
    assert.equal((await readRows()).length, Number(rows?.replaceAll(',', '')));
  });
});
