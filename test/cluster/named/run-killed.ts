import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBroker } from '../../../src/cluster/connect/open-broker.ts';
import { insist } from '../../../src/cluster/store/insist.ts';
import { Random } from '../../chaos/trial/random.ts';
import { answer } from '../../fixtures/cluster/tasks.ts';
import type { MortalBroker } from '../brokers.ts';
import { spawnNode } from '../harness.ts';

const PROGRAM = fileURLToPath(new URL('caller.js', import.meta.url));

/** Chunks that are at the broker when a caller dies: 2.5 for each slot. */
const OUTSTANDING = 2.5;
const SLOTS = 2;

type SpawnedNode = ReturnType<typeof spawnNode>;

export interface KillTerms {
  readonly form: 'map' | 'settled' | 'iterable';
  readonly items: number;
  /** Number of callers that are killed. */
  readonly kills: number;
  readonly seed: number;
  /** The broker, where it and the nodes are killed as well. */
  readonly broker?: MortalBroker;
}

/** Makes a call of a program that is killed and started again, and asserts what it gives. Describes what it took. */
export async function runKilled(
  url: string,
  { form, items, kills: most, seed, broker }: KillTerms,
): Promise<string> {
  const queue = `kill-${form}`;
  const log = join(tmpdir(), `telar-${process.pid}-${form}.log`);
  const out = join(tmpdir(), `telar-${process.pid}-${form}.out`);
  const random = new Random(seed);
  const env = { TELAR_TEST_LOG: log };
  const start = (): SpawnedNode => spawnNode({ url, queue, args: ['--lock', '2s', '--workers', '1'], env });
  const nodes = [start(), start()];
  const over = new AbortController();
  const pause = async (ms: number): Promise<void> =>
    await sleep(ms, undefined, { signal: over.signal }).catch(() => {});
  let faults = 0;
  const hurt = async (): Promise<void> => {
    while (broker !== undefined && !over.signal.aborted) {
      const at = Math.floor(random.next() * nodes.length);
      await pause(4000 + 4000 * random.next());
      if (over.signal.aborted) return;
      faults++;
      await nodes[at]?.end('SIGKILL');
      nodes[at] = start();
      await pause(4000 + 4000 * random.next());
      if (over.signal.aborted) return;
      faults++;
      await broker.kill();
      await broker.start();
    }
  };
  const hurting = hurt();
  let kills = 0;
  try {
    for (;;) {
      // Each caller comes some way before it is killed.
      const target = kills === most ? Infinity : (items * (kills + random.next())) / (most + 2);
      const isEnough = async (): Promise<boolean> => (await countLines(log)) >= target;
      const ended = await runCaller({ url, queue, items, form, out }, isEnough);
      if (ended === 0) break;
      assert.equal(ended, 'SIGKILL');
      kills++;
      await insist(() => endLease(url, queue), { limit: 60_000 });
    }
    const lines = (await readFile(out, 'utf8')).trim().split('\n');
    assert.equal(lines.length, 1);
    const expected = Array.from({ length: items }, (_, at) => answer(at));
    assert.deepEqual(JSON.parse(lines[0] as string), expected);
    const executions = (await readFile(log, 'utf8')).trim().split('\n').map(Number);
    assert.deepEqual(new Set(executions), new Set(expected.keys()));
    const repeated = executions.length - items;
    // Chunks grow up to some 1000 items of 0.4 ms; what is bounded is how many of them run again.
    const bound = (kills + faults) * OUTSTANDING * SLOTS * nodes.length * 1000;
    assert.ok(repeated <= bound, `${repeated} ran again`);
    return `${kills} kills, ${faults} faults, ${repeated} of ${items} repeated`;
  } finally {
    over.abort();
    await hurting;
    await Promise.all(nodes.map((node) => node.end('SIGKILL')));
    await rm(log, { force: true });
    await rm(out, { force: true });
  }
}

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
