import type { WorkerPool } from '../../options/worker-pool.ts';

/** A queue of single calls, of which some have no worker yet. */
interface OpenQueue {
  readonly waiting: { readonly count: number };
}

const open = new WeakMap<WorkerPool, Set<OpenQueue>>();

/** Lists the queues of single calls that are on a pool: they add themselves, and take themselves out. */
export function listOpen(pool: WorkerPool): Set<OpenQueue> {
  let queues = open.get(pool);
  if (queues === undefined) open.set(pool, (queues = new Set()));
  return queues;
}

/** Counts the calls on a pool that no worker has yet. */
export function countWaiting(pool: WorkerPool): number {
  let count = 0;
  for (const { waiting } of listOpen(pool)) count += waiting.count;
  return count;
}
