import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';

const bundle = new URL('dist/bundle/', root);
const telar = JSON.stringify(new URL('telar.js', bundle).href);

/** Node 20 and later give ES modules to `require` unless they are told not to. Test runners and other loaders never do. */
const run = (text: string): Promise<string> =>
  runProgram(process.execPath, [
    '--no-experimental-require-module',
    '--input-type=module',
    '--eval',
    `import { parallelMap, pipeline, Pool, spawn } from ${telar};\n${text}`,
  ]);

describe('the files of the published package', () => {
  test('that are loaded on demand or by workers need none beside them but parts, which need none', () => {
    const parts: ReadonlySet<string | undefined> = new Set(['./chain.cjs', './revive.cjs', './shared.cjs']);
    const files = readdirSync(bundle).filter((name) => name.endsWith('.cjs'));
    assert.deepEqual(files, [
      'calls.cjs',
      'capture.cjs',
      'chain.cjs',
      'encoders.cjs',
      'entry.cjs',
      'find-exported.cjs',
      'journaled.cjs',
      'nested-entry.cjs',
      'pipelines.cjs',
      'piscina-worker.cjs',
      'piscina.cjs',
      'process-entry.cjs',
      'processes.cjs',
      'recorded.cjs',
      'revive.cjs',
      'shared.cjs',
      'spawn-entry.cjs',
      'spill.cjs',
    ]);
    for (const name of files) {
      const text = readFileSync(new URL(name, bundle), 'utf8');
      const needed = [...text.matchAll(/\b(?:require|import)\(["']([^"']+)["']\)/g)].map(([, path]) => path);
      assert.deepEqual(
        needed.filter(
          (path) => path?.startsWith('node:') !== true && !(name.endsWith('entry.cjs') && parts.has(path)),
        ),
        [],
        name,
      );
    }
  });

  test('have a parser of programs that run, whose regular expressions are valid', () => {
    const text = readFileSync(new URL('capture.cjs', bundle), 'utf8');
    assert.match(text, /Unterminated regular expression/);
    assert.doesNotMatch(text, /Invalid regular expression|Script_Extensions/);
  });

  test('name the licence of each package that stands inside them', () => {
    const licenses = readFileSync(new URL('LICENSES.txt', bundle), 'utf8');
    assert.match(licenses, /^comlink \d/m);
    assert.match(licenses, /^piscina \d/m);
    assert.match(licenses, /Apache License/);
  });

  test('serve closures, pipelines and objects where ES modules cannot be required', async () => {
    const printed = await run(`
      const k = 2;
      console.log(await parallelMap([1, 2], (x) => x * k));
      console.log(await pipeline([1, 2]).cpu((x) => x * k).toArray());
      class Doubler { double(x) { return x * k; } }
      const doubler = await spawn(Doubler);
      console.log([await doubler.double(2)]);
      await spawn.close(doubler);
      const pool = new Pool({ workers: 1, isolate: 'process' });
      console.log(await parallelMap([1, 2], (x) => x * k, { pool }));
      await pool.close();
    `);
    assert.equal(printed, '[ 2, 4 ]\n[ 2, 4 ]\n[ 4 ]\n[ 2, 4 ]\n');
  });

  test('take the values of the moment of the call, at the first call as at each other', async () => {
    const printed = await run(`
      let k = 2;
      const first = parallelMap([1, 2], (x) => x * k);
      k = 3;
      const second = parallelMap([1, 2], (x) => x * k);
      k = 4;
      console.log(await first, await second);
    `);
    assert.equal(printed, '[ 2, 4 ] [ 3, 6 ]\n');
  });
});
