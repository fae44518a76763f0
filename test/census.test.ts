import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('the census finds what a test leaves behind, and blames that test alone', async () => {
  const { failed, passed } = await runFixture('leaves-things');
  assert.deepEqual(failed, [
    ['leaves a timer', '1 × Timeout'],
    ['leaves a port', '1 × MessagePort'],
    ['leaves a listener', "1 × listener on process 'SIGTERM'"],
    ['leaves an idle worker', '1 × worker thread'],
    ['leaves a child', '1 × child process'],
    ['leaves a temporary file', '1 × file .result.0123456789ab.tmp'],
  ]);
  assert.deepEqual(passed, ['closes late']);
});

test('the census finds what a file leaves behind', async () => {
  const { failed, passed, exitCode, output } = await runFixture('keeps-a-worker');
  assert.deepEqual(failed, []);
  assert.deepEqual(passed, ['uses what was opened before']);
  assert.equal(exitCode, 1);
  assert.match(output, /The file left behind: worker thread\./);
});

test('the census lets what is kept on purpose be closed first', async () => {
  const { passed, exitCode } = await runFixture('settles');
  assert.deepEqual(passed, ['uses a worker that is kept on purpose']);
  assert.equal(exitCode, 0);
});

interface FixtureRun {
  /** Title and what it left behind, of each test that failed. */
  readonly failed: readonly (readonly [string, string])[];
  readonly passed: readonly string[];
  readonly exitCode: number | null;
  readonly output: string;
}

async function runFixture(name: string): Promise<FixtureRun> {
  const file = fileURLToPath(new URL(`./fixtures/census/${name}.js`, import.meta.url));
  // Inside a test, Node would otherwise take the fixture for one of the runner's own files.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { output, exitCode } = await new Promise<{ output: string; exitCode: number | null }>((resolve) => {
    const child = execFile(
      process.execPath,
      ['--test-reporter=tap', file],
      { env },
      (_error, stdout, stderr) => resolve({ output: stdout + stderr, exitCode: child.exitCode }),
    );
  });
  const failed = output.matchAll(/^not ok \d+ - (.*)\n[^]*?left behind: (.*)\./gm);
  const passed = output.matchAll(/^ok \d+ - (.*)/gm);
  return {
    failed: Array.from(failed, ([, title, left]) => [title ?? '', left ?? ''] as const),
    passed: Array.from(passed, ([, title]) => title ?? ''),
    exitCode,
    output,
  };
}
