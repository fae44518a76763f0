import type { Wear } from '../../src/wire/message/message.ts';

/** After a collection, garbage may grow by this part of the limit until the next. */
const SLACK = 0.25;

/** What this thread has run, in all of its sessions. */
let chunks = 0;
let items = 0;
/** What a worker needs for this task from its first chunk on, and as much again: where that is beyond the limit. */
let needed = 0;
/** Bytes in use from which a collection is worth its time. */
let suspect = 0;

/** After each chunk: whether this worker may be worn. Counters are read, which takes less than 1 µs. */
export function isSuspect(wear: Wear, ran: number): boolean {
  chunks++;
  items += ran;
  return isOut(wear) || (wear.memory !== undefined && measure() > Math.max(wear.memory, suspect));
}

/**
 * Whether this worker should be replaced. What is in use may be garbage, so that is collected first, in some 80 ms for
 * each 50 MB of objects that stay.
 *
 * A worker that is too full after its very first chunk holds what the task needs: a new one would be no better. It stays
 * until that has doubled.
 */
export async function isWorn(wear: Wear): Promise<boolean> {
  if (isOut(wear)) return true;
  if (wear.memory === undefined) return false;
  const isFirst = chunks === 1;
  await collectGarbage();
  const kept = measure();
  if (isFirst && kept > wear.memory) needed = 2 * kept;
  const limit = Math.max(wear.memory, needed);
  suspect = Math.max(needed, kept + SLACK * limit);
  return kept > limit;
}

function isOut(wear: Wear): boolean {
  return wear.items !== undefined && items >= wear.items;
}

/** Bytes of this thread's objects, and of the buffers that they hold outside of the heap. */
function measure(): number {
  // An import would load it into each worker at its start.
  const { used_heap_size: heap, external_memory: external } = process
    .getBuiltinModule('node:v8')
    .getHeapStatistics();
  return heap + external;
}

/** By way of the inspector, which needs no flag. It listens nowhere. Where it may not be used, all that is there counts. */
async function collectGarbage(): Promise<void> {
  try {
    const { Session } = process.getBuiltinModule('node:inspector');
    const session = new Session();
    session.connect();
    // In a turn of the event loop, with nothing of a task on the stack.
    await new Promise<void>((resolve) => session.post('HeapProfiler.collectGarbage', () => resolve()));
    session.disconnect();
  } catch {
    // Node's permission model refuses it, and some builds have none.
  }
}
