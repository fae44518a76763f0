/**
 * The status of the chunks that one worker holds, in shared memory. Main reads from it which item a worker is on,
 * also after the worker died, and takes back items that have not begun, without a message and without waiting.
 *
 * A worker holds up to two chunks: the one it runs and the one queued behind it. Each has a line of its own, 64
 * bytes apart, so that the two threads do not write to one cache line.
 */
export type Slots = Int32Array;

/** Which of the two lines a chunk uses. */
export type Line = 0 | 1;

const LINE_LENGTH = 16;
/** How many items of the chunk have begun. Written by the worker, only. */
const BEGUN = 0;
/** Items from this offset on must not begin. Lowered by main, only. */
const END = 1;
/** 1 while main works out how much it can take back. */
const TAKING = 2;
/** The number of the item (from 1) that should stop, because its run was aborted or its time is over. */
const ABORTED = 3;

/** What the worker is doing; the line after those of the chunks. */
const PHASE = 2 * LINE_LENGTH;
export const PHASE_IDLE = 0;
export const PHASE_LOADING = 1;
export const PHASE_RUNNING = 2;

export function createSlots(): Slots {
  return new Int32Array(new SharedArrayBuffer(3 * LINE_LENGTH * Int32Array.BYTES_PER_ELEMENT));
}

/** Main, before it sends a chunk of `count` items. */
export function openLine(slots: Slots, line: Line, count: number): void {
  const base = line * LINE_LENGTH;
  Atomics.store(slots, base + BEGUN, 0);
  Atomics.store(slots, base + END, count);
  Atomics.store(slots, base + ABORTED, 0);
}

/**
 * The worker, before each item: claims the item at `offset` and says whether it may begin.
 *
 * The claim is stored before the end is read, and main stores the end before it reads the claim; both are
 * sequentially consistent, so an item is never both begun and taken back. When the two meet on one item, main
 * decides and the worker waits the few instructions until it has. Cost: 6 ns.
 */
export function beginItem(slots: Slots, line: Line, offset: number): boolean {
  const base = line * LINE_LENGTH;
  Atomics.store(slots, base + BEGUN, offset + 1);
  if (offset < Atomics.load(slots, base + END)) return true;
  while (Atomics.load(slots, base + TAKING) === 1) {
    // Main holds this for a few loads and stores only.
  }
  if (offset < Atomics.load(slots, base + END)) return true;
  Atomics.store(slots, base + BEGUN, offset);
  return false;
}

/** Main: forbids all items from `offset` on that have not begun. Returns the offset of the first that is forbidden. */
export function takeBack(slots: Slots, line: Line, offset: number): number {
  const base = line * LINE_LENGTH;
  const before = Atomics.load(slots, base + END);
  if (offset >= before) return before;
  Atomics.store(slots, base + TAKING, 1);
  Atomics.store(slots, base + END, offset);
  const begun = Atomics.load(slots, base + BEGUN);
  // `begun` may count a claim beyond `before` that the worker is about to withdraw.
  const end = Math.min(Math.max(offset, begun), before);
  Atomics.store(slots, base + END, end);
  Atomics.store(slots, base + TAKING, 0);
  return end;
}

/** How many items of the chunk have begun; the last of them is the current one. */
export function countBegun(slots: Slots, line: Line): number {
  return Atomics.load(slots, line * LINE_LENGTH + BEGUN);
}

/** The worker: whether the whole chunk was taken back before it began. */
export function isWithdrawn(slots: Slots, line: Line): boolean {
  return Atomics.load(slots, line * LINE_LENGTH + END) === 0;
}

/** Main: the current item should stop. */
export function markAborted(slots: Slots, line: Line): void {
  Atomics.store(slots, line * LINE_LENGTH + ABORTED, countBegun(slots, line));
}

/** The worker: whether its current item should stop. */
export function isAborted(slots: Slots, line: Line): boolean {
  const aborted = Atomics.load(slots, line * LINE_LENGTH + ABORTED);
  return aborted !== 0 && aborted === countBegun(slots, line);
}

export function setPhase(slots: Slots, phase: number): void {
  Atomics.store(slots, PHASE, phase);
}

export function readPhase(slots: Slots): number {
  return Atomics.load(slots, PHASE);
}
