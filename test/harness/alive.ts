import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';

const threads = new Set<Worker>();
const children = new Set<ChildProcess>();

// Node says on these when a worker starts, also one that a dependency starts.
subscribe('worker_threads', (message) => threads.add((message as { worker: Worker }).worker));
subscribe('child_process', (message) => children.add((message as { process: ChildProcess }).process));

/** Threads that are alive, of all that this process has started since this module was loaded. */
export function listThreads(): Worker[] {
  // Threads that have ended are forgotten: there are thousands in an hour.
  for (const thread of threads) if (thread.threadId === -1) threads.delete(thread);
  return [...threads];
}

/** Lists the child processes that are alive. */
export function listChildren(): ChildProcess[] {
  for (const child of children)
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      children.delete(child);
  return [...children];
}
