import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { PoolOptions } from 'telar';
import type { Report } from '../fixtures/starts/program.ts';
import { inFull } from '../harness/long.ts';
import { root } from '../harness/root.ts';

const locate = (name: string): URL => new URL(`../fixtures/starts/${name}`, import.meta.url);
const program = fileURLToPath(locate('program.js'));

/** Runs the program to its own end, and gives what it reports and what stands on stderr. */
function run(flags: readonly string[], options: PoolOptions = {}): Promise<[Report[], string]> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const args = [...flags, program, JSON.stringify(options)];
    // A bound against hanging, and far more than it takes.
    execFile(process.execPath, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      const lines = stdout.trim().split('\n');
      if (error !== null || lines.pop() !== 'closed')
        reject(new Error(`${stdout}${stderr}`, { cause: error }));
      else resolve([lines.map((line) => JSON.parse(line) as Report), stderr]);
    });
  });
}

/** Gives the calls that had to fail: all but one without items. */
function takeFailed(reports: readonly Report[]): readonly Report[] {
  const nothing = reports.filter(({ form }) => form === 'nothing');
  assert.deepEqual(
    nothing.map(({ value }) => value),
    [[], []],
  );
  const failed = reports.filter(({ form }) => form !== 'nothing');
  assert.equal(failed.length, 12);
  for (const { form, reason, index, message } of failed) {
    assert.equal(reason, 'start', `${form}: ${message}`);
    assert.equal(index, 0, form);
  }
  return failed;
}

describe('a preloaded module', () => {
  for (const isolate of ['thread', 'process', 'suspects'] as const) {
    const options = isolate === 'process' ? inFull : {};
    const title = `that throws in workers rejects each call with its error and stack, isolated by ${isolate}`;
    it(title, options, async () => {
      const [reports] = await run(['--import', locate('throws.js').href], { isolate });
      for (const { form, message, cause, stack } of takeFailed(reports)) {
        assert.match(message ?? '', /^No worker could start: .*for the main thread only.*isMainThread/, form);
        assert.equal(cause, 'RangeError: for the main thread only');
        assert.match(stack ?? '', /at .*fixtures\/starts\/throws\.js:\d+/);
      }
    });
  }

  it('that exits in workers rejects each call with its exit code', async () => {
    const preload = fileURLToPath(new URL('test/fixtures/starts/exits.cjs', root));
    const [reports] = await run(['--require', preload]);
    for (const { exitCode, message } of takeFailed(reports)) {
      assert.equal(exitCode, 3);
      assert.match(message ?? '', /exited with code 3 before it was ready/);
    }
  });

  it('that never ends in workers rejects each call after `startTimeout`', async () => {
    const [reports] = await run(['--import', locate('loops.js').href], { startTimeout: 300 });
    for (const { message } of takeFailed(reports)) {
      assert.match(message ?? '', /was not ready within 300 ms\. .*`startTimeout`/);
    }
  });

  for (const isolate of ['thread', 'process'] as const) {
    const options = isolate === 'thread' ? {} : inFull;
    it(
      `that makes calls of its own makes them in each worker itself, isolated by ${isolate}`,
      options,
      async () => {
        const [reports, said] = await run(['--import', locate('nests.js').href], { isolate });
        for (const { form, value, message } of reports) assert.ok(value !== undefined, `${form}: ${message}`);
        const preloaded = said.match(/^preloaded in .*: 2,3,4,5$/gm) ?? [];
        assert.ok(preloaded.length > 0, said);
        // The two pools of the module and that of the program have two workers each at most; the shared pool those of the machine.
        const workers = new Set(preloaded);
        assert.equal(workers.size, preloaded.length);
        assert.ok(workers.size <= 4 + availableParallelism(), `${workers.size} workers`);
      },
    );
  }

  it('that spawns an object is refused in the thread of that object, and says so', async () => {
    await assert.rejects(run(['--import', locate('spawns.js').href]), (error: Error) => {
      assert.match(error.message, /WorkerError: `.*` was not made, since its thread could not start/);
      assert.match(error.message, /spawn\(\) in a thread of Telar, where it would start threads without end/);
      return true;
    });
  });
});
