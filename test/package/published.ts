import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { resolveTool } from '../harness/command.ts';
import { inFull } from '../harness/long.ts';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';
import type { Tarball } from './npm.ts';

/** A path, or paths by condition, as `exports` of package.json nests them. */
type Target = string | { readonly [condition: string]: Target };

/** Tests the files of the packed package. */
export function testPublished(packed: () => Tarball): void {
  describe('the published package', () => {
    test('holds every file that its exports name', () => {
      const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
        exports: Target;
      };
      const missing = listPaths(exports).filter(
        (path) => !packed().files.includes(path.replace(/^\.\//, '')),
      );
      assert.deepEqual(missing, []);
    });

    test('holds the sources that its types map to, and nothing that only the project needs', () => {
      const sources = packed().files.filter((path) => path.startsWith('src/') && path.endsWith('.ts'));
      const built = packed().files.filter((path) => path.startsWith('dist/src/') && path.endsWith('.d.ts'));
      assert.deepEqual(
        built.map((path) => path.slice('dist/'.length).replace(/\.d\.ts$/, '.ts')).sort(),
        sources.sort(),
        'dist is not what the sources build: delete it and build again.',
      );
      const allowed =
        /^(dist\/)?(src|workers)\/|^dist\/bundle\/|^(CHANGELOG|README)\.md$|^LICENSE$|^package\.json$/;
      assert.deepEqual(
        packed().files.filter((path) => !allowed.test(path)),
        [],
      );
    });

    test('passes publint', async () => {
      await run([...resolveTool('publint', 'publint'), 'run', packed().path, '--strict']);
    });

    test('has types that resolve for every importer of ES modules', inFull, async () => {
      await run([
        ...resolveTool('@arethetypeswrong/cli', 'attw'),
        packed().path,
        '--profile=esm-only',
        '--no-color',
        '--no-emoji',
      ]);
    });
  });
}

async function run([program, ...args]: readonly [string, ...string[]]): Promise<void> {
  await runProgram(program, args);
}

function listPaths(target: Target): string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(listPaths);
}
