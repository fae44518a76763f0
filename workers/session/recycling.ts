import type { RecyclePolicy } from '../../src/wire/message/message.ts';
import { noteHeap, type Slots } from '../../src/wire/slots/slot.ts';

/** Part of the limit by which garbage may grow after a collection until the next. */
const SLACK = 0.25;

/** Numbers of the chunks and items that this thread has run, in all of its sessions. */
let chunks = 0;
let items = 0;
/** Twice the bytes that a worker needs from its first chunk on, where these are beyond the limit; else 0. */
let needed = 0;
/** Bytes in use from which a collection is worth its time. */
let suspect = 0;

/** Returns, after each chunk, whether this worker may be due. Counters are read, which takes less than 1 µs. */
export function mayBeDue(policy: RecyclePolicy, ran: number, slots: Slots): boolean {
  chunks++;
  items += ran;
  if (policy.memory === undefined) return isOut(policy);
  const held = measure();
  noteHeap(slots, held);
  return isOut(policy) || held > Math.max(policy.memory, suspect);
}

/**
 * Returns whether this worker is due to be replaced. Garbage may be among what is in use, so it is collected first, in
 * some 80 ms for each 50 MB of objects that stay.
 *
 * A worker that is too full after its very first chunk holds what the task needs: a new one would be no better. Such a
 * worker stays until that has doubled.
 */
export async function isDue(policy: RecyclePolicy): Promise<boolean> {
  if (isOut(policy)) return true;
  if (policy.memory === undefined) return false;
  const isFirst = chunks === 1;
  await collectGarbage();
  const kept = measure();
  if (isFirst && kept > policy.memory) needed = 2 * kept;
  const limit = Math.max(policy.memory, needed);
  suspect = Math.max(needed, kept + SLACK * limit);
  return kept > limit;
}

function isOut(policy: RecyclePolicy): boolean {
  return policy.items !== undefined && items >= policy.items;
}

/** Returns the bytes of this thread's objects, and of the buffers that they hold outside of the heap. */
function measure(): number {
  // An import would load `node:v8` into each worker at its start.
  const { used_heap_size: heap, external_memory: external } = process
    .getBuiltinModule('node:v8')
    .getHeapStatistics();
  return heap + external;
}

/**
 * Collects garbage by way of the inspector, which needs no flag and listens nowhere. Where the inspector may not be
 * used, garbage counts as well.
 */
async function collectGarbage(): Promise<void> {
  try {
    const { Session } = process.getBuiltinModule('node:inspector');
    const session = new Session();
    session.connect();
    // The collection runs in a turn of the event loop, with nothing of a task on the stack.
    await new Promise<void>((resolve) => session.post('HeapProfiler.collectGarbage', () => resolve()));
    session.disconnect();
  } catch {
    // Node's permission model refuses the inspector, and some builds have none.
  }
}
