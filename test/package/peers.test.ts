import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  dependencies: Readonly<Record<string, string>>;
};

describe('the package without its peers', () => {
  let folder: string;
  before(async () => {
    folder = await makeFolder('peers');
    const modules = join(folder, 'node_modules');
    await mkdir(join(modules, 'telar'), { recursive: true });
    // A link would find the peers of the project.
    for (const path of ['package.json', 'dist/bundle'])
      await cp(new URL(path, root), join(modules, 'telar', path), { recursive: true });
    for (const name of Object.keys(dependencies))
      await symlink(fileURLToPath(new URL(`node_modules/${name}`, root)), join(modules, name), 'junction');
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'tasks.js'), 'export const double = (item) => 2 * item;\n');
  });
  after(() => removeFolder(folder));

  const run = (text: string): Promise<string> =>
    runProgram(process.execPath, ['--input-type=module', '--eval', text], folder);

  test('runs calls, and its entry for clusters says what to install', async () => {
    const printed = await run(`
      import { parallelMap } from 'telar';
      import { Cluster } from 'telar/cluster';
      import { double } from './tasks.js';
      console.log(JSON.stringify(await parallelMap([1, 2], double)));
      for (const connection of ['redis://127.0.0.1:1', 'postgres://127.0.0.1:1/db']) {
        const cluster = new Cluster({ connection });
        const error = await parallelMap([1], double, { pool: cluster }).catch((thrown) => thrown);
        console.log(error.name, error.reason, error.message);
        await cluster.close();
      }
    `);
    assert.deepEqual(printed.trim().split('\n'), [
      '[2,4]',
      'ClusterError broker telar/cluster on Redis needs ioredis: npm install bullmq ioredis',
      'ClusterError broker telar/cluster on PostgreSQL needs pg: npm install bullmq pg',
    ]);
  });

  test('has a command that says so in one line', async () => {
    const command = [
      join('node_modules', 'telar', 'dist', 'bundle', 'cli.js'),
      'worker',
      '--tasks',
      'tasks.js',
    ];
    const [cli] = command as [string];
    assert.match(await runProgram(process.execPath, [cli, '--help'], folder), /^Usage: telar/);
    assert.match(await runProgram(process.execPath, [cli, 'help', 'worker'], folder), /^Usage: telar worker/);
    assert.match(await runProgram(process.execPath, [cli, '--version'], folder), /^\d+\.\d+\.\d+\n$/);
    const ended = runProgram(process.execPath, [...command, '--connection', 'redis://127.0.0.1:1'], folder);
    await assert.rejects(
      ended,
      /\ntelar: telar\/cluster on Redis needs ioredis: npm install bullmq ioredis\n$/,
    );
  });

  test('loads nothing of clusters by its other entries', () => {
    const bundle = new URL('dist/bundle/', root);
    const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
      exports: Readonly<Record<string, { readonly default?: string } | string>>;
    };
    const seen = new Map<string, string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      const text = readFileSync(new URL(file, bundle), 'utf8');
      seen.set(file, text);
      for (const [, next] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) visit(next as string);
    };
    for (const [name, target] of Object.entries(exports)) {
      const path = typeof target === 'string' ? '' : (target.default ?? '');
      if (name !== './cluster' && path.endsWith('.js')) visit(path.replace('./dist/bundle/', ''));
    }
    assert.ok(seen.size > 5);
    for (const [file, text] of seen) {
      assert.doesNotMatch(text, /ioredis|bullmq|ClusterError/, file);
    }
  });
});
