import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

export interface CensusOptions {
  /** Frees what is kept on purpose between calls, such as the default pool, before the census counts. */
  readonly settle?: () => Promise<void>;
  /** The most milliseconds that closing may take. The census ends as soon as nothing is left. @defaultValue 2000 */
  readonly patience?: number;
  /** Temporary files that a test may leave, as runs do that were cut off and go on another time. `@defaultValue` none */
  readonly keeps?: RegExp;
}

const THREAD = 'worker thread';

/** Counts of each thing that has to be closed, by its name. */
type Count = ReadonlyMap<string, number>;

/** The kinds of resources that keep a process awake and that someone has to close; others end by themselves. */
const closable = new Set([
  'FSEventWrap',
  'MessagePort',
  'PipeServerWrap',
  'StatWatcher',
  'TCPServerWrap',
  'TCPSocketWrap',
  'Timeout',
]);

// The connections of a cluster that tests run on, and their timers, stay until it is closed.
if (process.env['TELAR_TEST_CLUSTER'] !== undefined) {
  closable.delete('TCPSocketWrap');
  closable.delete('Timeout');
}

/**
 * Fails each test of the file that calls it, once and before its first test, when the test leaves behind a worker
 * thread, a child process, a temporary file, or a port, timer, socket or watcher that keeps the process awake, or a
 * listener on `process` (signals are listened to there).
 *
 * What a `before` hook opened may stay until the end of the file: each test is compared with its own beginning.
 * Workers and children count also when they are unref'd. Tests of one file must run one after another.
 */
export function census({ settle, patience = 2000, keeps }: CensusOptions = {}): void {
  const threads = watchThreads();
  const children = watchChildren();
  const files = watchFiles(keeps);
  const count = (): Count => countAll(threads, children, files());
  const before = new WeakMap<object, Count>();

  let most = 0;
  beforeEach((test) => {
    const now = new Map(count());
    // A pool of the file that lost a thread in one test starts it again in another.
    most = Math.max(most, now.get(THREAD) ?? 0);
    if (most > 0) now.set(THREAD, most);
    before.set(test, now);
  });
  afterEach(async (test) => {
    await settle?.();
    const start = before.get(test);
    if (start !== undefined) await assertNothingLeft(start, count, patience);
  });
  // A worker that is unref'd does not keep the file awake: the end of the file is the last moment to see it.
  process.once('beforeExit', () => {
    const left = listAlive(threads, children);
    if (left.length > 0) assert.fail(`The file left behind: ${left.join(', ')}.`);
  });
}

async function assertNothingLeft(before: Count, count: () => Count, patience: number): Promise<void> {
  // A thread ends and a timer is freed some turns after the call that closed it: look again until it is so.
  for (let waited = 0; waited < patience && findLeft(before, count()).length > 0; waited += 10)
    await sleep(10);
  const left = findLeft(before, count());
  if (left.length > 0) assert.fail(`The test left behind: ${left.join(', ')}.`);
}

function findLeft(before: Count, now: Count): string[] {
  const left: string[] = [];
  for (const [name, number] of now) {
    const more = number - (before.get(name) ?? 0);
    if (more > 0) left.push(`${more} × ${name}`);
  }
  return left;
}

function countAll(
  threads: ReadonlySet<Worker>,
  children: ReadonlySet<ChildProcess>,
  files: readonly string[],
): Count {
  const names = process.getActiveResourcesInfo().filter((name) => closable.has(name));
  for (const event of process.eventNames()) {
    for (let i = process.listenerCount(event); i > 0; i--)
      names.push(`listener on process '${String(event)}'`);
  }
  names.push(...listAlive(threads, children), ...files);

  const count = new Map<string, number>();
  for (const name of names) count.set(name, (count.get(name) ?? 0) + 1);
  return count;
}

/** Reads the state instead of listening for the end: someone else may remove all listeners. */
function listAlive(threads: ReadonlySet<Worker>, children: ReadonlySet<ChildProcess>): string[] {
  const alive: string[] = [];
  for (const { threadId } of threads) {
    if (threadId !== -1) alive.push(THREAD);
  }
  for (const { pid, exitCode, signalCode } of children) {
    if (pid !== undefined && exitCode === null && signalCode === null) alive.push('child process');
  }
  return alive;
}

/** Node says on a diagnostics channel when a worker starts, also one that a dependency starts. */
function watchThreads(): ReadonlySet<Worker> {
  const threads = new Set<Worker>();
  subscribe('worker_threads', (message) => threads.add((message as { worker: Worker }).worker));
  return threads;
}

function watchChildren(): ReadonlySet<ChildProcess> {
  const children = new Set<ChildProcess>();
  subscribe('child_process', (message) => children.add((message as { process: ChildProcess }).process));
  return children;
}

/** Files that are there for as long as they are used: unfinished ones, locks, and what locks are made of. */
const temporary = /\.(tmp|lock|own|new)$/;

/**
 * Gives the process a folder for temporary files of its own, since others use the common one, and lists what it holds:
 * the folders that tests made, and, wherever in these, the files that should be gone.
 */
function watchFiles(keeps: RegExp | undefined): () => string[] {
  const folder = mkdtempSync(join(tmpdir(), 'telar-census-'));
  // Servers that tests start may run as another user.
  chmodSync(folder, 0o755);
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return () => {
    const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const left = all.filter((name) => !/[\\/]/.test(name) || temporary.test(name));
    return left.filter((name) => keeps?.test(name) !== true).map((name) => `file ${name}`);
  };
}
