import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readJournal } from 'telar';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { root } from '../harness/root.ts';
import { needsPosix } from '../harness/posix.ts';

census();

const telar = import.meta.resolve('telar');

/** Ends its whole program at item 7, whichever thread it runs on. */
const program = (journal: string, isolate: string): string => `
  import { parallelMapSettled, Pool } from ${JSON.stringify(telar)};
  const pool = new Pool({ isolate: ${JSON.stringify(isolate)}, workers: 2 });
  const task = async (item) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (item === 7) process.kill(process.pid, 'SIGKILL');
    return [item * 2, process.pid];
  };
  const items = Array.from({ length: 20 }, (_, item) => item);
  const outcomes = await parallelMapSettled(items, task, { pool, chunkSize: 2, journal: ${JSON.stringify(journal)} });
  console.log(JSON.stringify(outcomes.map((o) => o.status === 'fulfilled' ? o.value : o.reason.message)));
  await pool.close();
`;

interface Ended {
  readonly pid: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
}

function run(journal: string, isolate: string): Promise<Ended> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ['--input-type=module', '--eval', program(journal, isolate)];
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, args, { cwd: root, env }, (error, stdout, stderr) => {
      const signal = (error as { signal?: string | null } | null)?.signal ?? undefined;
      if (error !== null && signal === undefined) reject(new Error(stderr));
      else resolve({ pid: child.pid, signal, stdout });
    });
  });
}

describe('an item that takes the whole program with it', needsPosix('ends by signals'), () => {
  it('is under suspicion when the run resumes, and fails alone in a process', async () => {
    const folder = await makeFolder('suspects');
    try {
      const journal = join(folder, 'run.journal');
      const first = await run(journal, 'suspects');
      assert.equal(first.signal, 'SIGKILL');
      const second = await run(journal, 'suspects');
      assert.equal(second.signal, undefined);
      const outcomes = JSON.parse(second.stdout) as ([number, number] | string)[];
      assert.match(String(outcomes[7]), /^Item 7 failed: the worker crashed .*SIGKILL/);
      outcomes.forEach((outcome, item) => {
        if (item !== 7) assert.equal(outcome[0], item * 2);
      });
      // Two chunks of two items on each of two threads were in flight: all others ran on threads.
      const isolated = outcomes.filter(([, pid]) => pid !== first.pid && pid !== second.pid);
      assert.ok(isolated.length <= 8, String(isolated));
      // All of it is done: the third time there is nothing to do, and nothing to suspect.
      assert.equal((await readJournal(journal)).isComplete, true);
      const third = (await run(journal, 'suspects')).stdout;
      assert.equal(third, second.stdout);
    } finally {
      await removeFolder(folder);
    }
  });

  it('takes it again where the pool has no processes', async () => {
    const folder = await makeFolder('suspects');
    try {
      const journal = join(folder, 'run.journal');
      for (let time = 0; time < 2; time++) assert.equal((await run(journal, 'thread')).signal, 'SIGKILL');
    } finally {
      await removeFolder(folder);
    }
  });
});
