import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBroker } from '../../../src/cluster/connect/open-broker.ts';
import { Random } from '../../chaos/trial/random.ts';
import { answer } from '../../fixtures/cluster/tasks.ts';
import { seedOf } from '../../harness/random.ts';
import { describeOnBrokers } from '../brokers.ts';
import { startNode, type TestNode } from '../harness.ts';

const PROGRAM = fileURLToPath(new URL('caller.js', import.meta.url));

/** Chunks that are at the broker when a caller dies: 2.5 for each slot. */
const OUTSTANDING = 2.5;
const SLOTS = 2;

describeOnBrokers('A caller that is killed again and again', (broker) => {
  for (const form of ['map', 'settled', 'iterable'] as const) {
    test(`gets each outcome once, in order: ${form}`, async (context) => {
      const queue = `kill-${form}`;
      const log = join(tmpdir(), `telar-${process.pid}-${form}.log`);
      const out = join(tmpdir(), `telar-${process.pid}-${form}.out`);
      const items = 10_000;
      const most = 30;
      const random = new Random(seedOf(1));
      const env = { TELAR_TEST_LOG: log };
      const args = ['--lock', '2s', '--workers', '1'];
      const nodes: TestNode[] = [];
      for (let at = 0; at < 2; at++) nodes.push(await startNode({ url: broker.url, queue, args, env }));
      let kills = 0;
      try {
        for (;;) {
          // Each caller comes some way.
          const target = kills === most ? Infinity : (items * (kills + random.next())) / (most + 2);
          const isEnough = async (): Promise<boolean> => (await countLines(log)) >= target;
          const ended = await runCaller({ url: broker.url, queue, items, form, out }, isEnough);
          if (ended === 0) break;
          assert.equal(ended, 'SIGKILL');
          kills++;
          await endLease(broker.url, queue);
        }
        const lines = (await readFile(out, 'utf8')).trim().split('\n');
        assert.equal(lines.length, 1);
        const expected = Array.from({ length: items }, (_, at) => answer(at));
        assert.deepEqual(JSON.parse(lines[0] as string), expected);
        const executions = (await readFile(log, 'utf8')).trim().split('\n').map(Number);
        assert.deepEqual(new Set(executions), new Set(expected.keys()));
        const repeated = executions.length - items;
        context.diagnostic(`${broker.name}, ${form}: ${kills} kills, ${repeated} of ${items} repeated`);
        // Chunks grow up to some 1000 items of 0.4 ms; what is bounded is how many of them run again.
        assert.ok(repeated <= kills * OUTSTANDING * SLOTS * nodes.length * 1000, `${repeated} ran again`);
      } finally {
        await Promise.all(nodes.map((node) => node.end('SIGKILL')));
        await rm(log, { force: true });
        await rm(out, { force: true });
      }
    });
  }
});

/** Runs the program, kills it once that is enough, and resolves with how it ended. */
async function runCaller(
  { url, queue, items, form, out }: { url: string; queue: string; items: number; form: string; out: string },
  isEnough: () => Promise<boolean>,
): Promise<number | NodeJS.Signals> {
  const env = {
    ...process.env,
    TELAR_BROKER: url,
    RUN_ID: 'nightly',
    RUN_QUEUE: queue,
    RUN_ITEMS: String(items),
    RUN_FORM: form,
    RUN_OUT: out,
  };
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: 'inherit' });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
  });
  while (child.exitCode === null && child.signalCode === null) {
    await sleep(20);
    if (await isEnough()) child.kill('SIGKILL');
  }
  return await ended;
}

async function countLines(file: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').length - 1;
}

/** Ends the lease of a caller that is gone, as 15 seconds do. */
async function endLease(url: string, queue: string): Promise<void> {
  const broker = await openBroker(url, queue);
  try {
    const [run] = await broker.registry.listRuns();
    if (run?.caller === undefined) return;
    const opened = await broker.runs.open(run.run, { caller: run.caller, head: run.head, keep: 60_000 });
    if (opened.kind === 'opened') await broker.runs.leave(run.run, opened.epoch);
  } finally {
    await broker.close();
  }
}
