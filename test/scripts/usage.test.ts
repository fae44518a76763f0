import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sample } from '../harness/long.ts';

const scripts: Readonly<Record<string, string>> = {
  'npm test': '../run.js',
  'npm run test:all': '../all/run.js',
  'npm run test:nodes': '../nodes.js',
  'npm run matrix': '../matrix/run.js',
  'npm run chaos': '../chaos/run.js',
  'npm run structure': '../structure/run.js',
  'npm run names': '../surface/write.js',
};

describe('the usage of the scripts', () => {
  for (const [name, file] of Object.entries(scripts)) {
    const run = (...args: readonly string[]): SpawnSyncReturns<string> =>
      spawnSync(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args], {
        encoding: 'utf8',
      });

    it(`is printed by ${name} -- --help`, () => {
      const { status, stdout, stderr } = run('--help');
      assert.equal(stderr, '');
      assert.ok(stdout.startsWith(name), stdout);
      assert.equal(status, 0);
    });

    it(`follows what ${name} does not know, an option or a word`, () => {
      for (const unknown of sample(['--hepl'], ['--hepl', 'no-such-word'])) {
        const { status, stdout, stderr } = run(unknown);
        assert.equal(status, 2, stderr);
        assert.equal(stdout, '');
        const [reason = '', ...usage] = stderr.split('\n\n');
        assert.ok(reason.includes(unknown) && !reason.includes('\n    at '), reason);
        assert.ok(usage.join('\n\n').startsWith(name), stderr);
      }
    });
  }
});

describe('the program telar', () => {
  const program = fileURLToPath(new URL('../../bundle/cli.js', import.meta.url));
  const isPosix = process.platform !== 'win32';

  it('does not mind that nobody reads what it says', { skip: !isPosix }, () => {
    const script = 'set -o pipefail; { sleep 0.2; "$0" "$1" --help; } | true';
    const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, program], {
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr], [0, '']);
  });

  it('says in one line that it cannot write', { skip: !existsSync('/dev/full') }, () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [program, '--help'], {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    assert.match(stderr, /^telar: Cannot write the output: ENOSPC[^\n]*\n$/);
    assert.equal(status, 2);
  });
});
