import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from '../../src/index.ts';
import { sharedPool } from '../../src/flow/pool/pool.ts';
import { countWorkers } from '../chaos/trial/living.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import type { Ground } from './calls/call.ts';
import { runIterable } from './calls/iterable.ts';
import { runMap } from './calls/map.ts';
import { runPipeline } from './calls/pipeline.ts';
import { runCalls } from './calls/run.ts';
import { runSpawn } from './calls/spawn.ts';
import { describe } from './judge.ts';
import type { Isolation } from '../../src/options/pool-options.ts';
import type { Group, PoolSpec, Program } from './programs/program.ts';
import { Hang, Watch } from './watch.ts';

/** The most milliseconds that closed things may take to be gone. */
const LEAVING = 10_000;

/** Runs the programs of a group at once and says what was not as in the plain loop. Throws where something hangs. */
export async function runGroup({ pools, programs }: Group): Promise<string[]> {
  const whole = new Watch('the group');
  const strays: unknown[] = [];
  const note = (thrown: unknown): void => void strays.push(thrown);
  process.on('uncaughtException', note).on('unhandledRejection', note);
  const folder = await makeFolder('model');
  const before = listOpen();
  const shared = pools.map(openPool);
  const ground: Ground = { pools: shared, folder };
  try {
    const found = await runAtOnce(programs, ground);
    const closing = [...shared.map(({ pool }) => pool), sharedPool()].map((pool) => pool.close());
    await whole.settled('closing a pool', Promise.all(closing));
    await takeCensus(whole, before, folder);
    for (const stray of strays) whole.report(`nobody caught ${describe(stray)}`);
    return [...found, ...whole.problems.map((problem) => `the group ${problem}`)];
  } finally {
    process.off('uncaughtException', note).off('unhandledRejection', note);
    await removeFolder(folder);
  }
}

/** Runs programs on pools that stay open, and says what was not as in the plain loop. */
export async function runAtOnce(programs: readonly Program[], ground: Ground): Promise<string[]> {
  const watches = await Promise.all(programs.map((program, at) => runProgram(program, at, ground)));
  return watches.flatMap(({ name, problems }) => problems.map((problem) => `${name} ${problem}`));
}

async function runProgram(program: Program, at: number, ground: Ground): Promise<Watch> {
  const watch = new Watch(`program ${at} (${program.kind})`);
  try {
    await watch.enter(() => runInPlace(program, ground, watch));
  } catch (thrown) {
    if (thrown instanceof Hang) throw new Hang(`${watch.name}: ${thrown.message}`);
    watch.report(`failed: ${(thrown as Error).stack}`);
  }
  return watch;
}

function openPool({ isolate, ...limits }: PoolSpec): { pool: Pool; isolate: Isolation } {
  return { pool: new Pool({ isolate, ...limits, grace: 10 }), isolate };
}

/** On a pool that the program makes and closes, or on one that is there. */
async function runInPlace(program: Program, ground: Ground, watch: Watch): Promise<void> {
  const asked = program.kind === 'spawn' ? undefined : program.options.pool;
  if (typeof asked !== 'object') return await run(program, ground, watch);
  const own = openPool(asked.spec);
  const placed = { ...ground, pools: [own] };
  const force = (): void => void own.pool.close({ force: true });
  const timer = asked.forcedAfter === undefined ? undefined : setTimeout(force, asked.forcedAfter);
  try {
    await run(program, placed, watch);
  } finally {
    clearTimeout(timer);
    await watch.settled('closing its pool', own.pool.close());
  }
}

function run(program: Program, ground: Ground, watch: Watch): Promise<void> {
  switch (program.kind) {
    case 'map':
    case 'settled':
      return runMap(program, ground, watch);
    case 'iterable':
      return runIterable(program, ground, watch);
    case 'pipeline':
      return runPipeline(program, ground, watch);
    case 'run':
      return runCalls(program, ground, watch);
    case 'spawn':
      return runSpawn(program, watch);
  }
}

/** The kinds of resources that keep a process awake and that a call has to close. */
const closable = new Set(['MessagePort', 'Timeout', 'FSEventWrap', 'StatWatcher', 'PipeWrap', 'ProcessWrap']);

function listOpen(): string[] {
  return [
    ...Array.from({ length: countWorkers('thread') }, () => 'worker thread'),
    ...Array.from({ length: countWorkers('process') }, () => 'child process'),
    ...process.getActiveResourcesInfo().filter((name) => closable.has(name)),
  ].sort();
}

/** No worker, port, timer or file is left that was not there before. */
async function takeCensus(watch: Watch, before: readonly string[], folder: string): Promise<void> {
  let left = listOpen();
  for (let waited = 0; waited < LEAVING && left.length > before.length; waited += 10) {
    await sleep(10);
    left = listOpen();
  }
  if (left.length > before.length) watch.report(`left behind ${left.join(', ')}`);
  const files = (await readdir(folder)).filter((name) => !name.endsWith('.journal'));
  if (files.length > 0) watch.report(`left the files ${files.join(', ')}`);
}
