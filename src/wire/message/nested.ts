import { isMainThread, workerData } from 'node:worker_threads';
import { requireOwn } from '../../machine/own-files.ts';
import { shareOnThread } from '../../realm/thread-registry.ts';
import type { SessionStart } from './message.ts';

/** Set by the bundler, which puts the entry for nested runs beside this file. */
declare const BUNDLED_NESTED_ENTRY: string | undefined;
const ENTRY =
  typeof BUNDLED_NESTED_ENTRY === 'string' ? BUNDLED_NESTED_ENTRY : '../../../bundle/nested-entry.cjs';

/** Serves a session on the calling thread. Resolves when the session ended. */
export type NestedServer = (start: SessionStart) => Promise<void>;

/** Mark with which a thread of Telar is started, so that modules that are preloaded there can tell. */
export interface ThreadMark {
  /** The kind of thread: a worker of a pool, or the thread of a spawned object. */
  readonly telar: 'worker' | 'object';
}

/** Mark with which a child process of Telar is started: an argument behind the name of its entry. */
export const CHILD_MARK = '--telar-worker';

interface Nesting {
  server: NestedServer | undefined;
  /** Whether the thread's own code has begun. */
  hasStarted: boolean;
}

const nesting: Nesting = shareOnThread('nesting', () => ({ server: undefined, hasStarted: false }));

/** Makes runs that tasks start on this thread be served here, so that they add no threads. Called by entries. */
export function serveNested(server: NestedServer): void {
  nesting.server = server;
}

/** Notes that what is preloaded has run. Called by entries. */
export function markStarted(): void {
  nesting.hasStarted = true;
}

/** Finds the function that serves a run on this thread; `undefined` unless this is one of Telar's workers. */
export function findNestedServer(): NestedServer | undefined {
  // A preloaded module runs before the entry, and would start workers that preload it in turn, without end.
  if (nesting.server === undefined && isPreloading() && findMark() === 'worker')
    requireOwn(ENTRY, import.meta.url);
  return nesting.server;
}

/** Returns whether this is a thread, or a child process, of Telar whose own code has not begun. */
export function isPreloading(): boolean {
  return !nesting.hasStarted && findMark() !== undefined;
}

function findMark(): ThreadMark['telar'] | undefined {
  if (isMainThread) return process.argv[2] === CHILD_MARK ? 'worker' : undefined;
  const mark: unknown = (workerData as Partial<ThreadMark> | null)?.telar;
  return mark === 'worker' || mark === 'object' ? mark : undefined;
}
