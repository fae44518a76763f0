/**
 * The status of the chunks that one worker holds, in numbered cells that both sides see. Main reads from it which item
 * a worker is on, also after the worker died, and takes back items that have not begun, without a message and without
 * waiting.
 *
 * Each cell says what it says for good while the chunk is held, but for one: `takeBack` lets END stand below what was
 * claimed until it has read the claim. Who reads END meanwhile waits for the last word (`claimItems`), or reads it
 * where there is no claim that could bring it back (`isTakenBack`). A row is used again only after the answer to its
 * chunk was heard, and the worker touches no row behind that: messages put the chunks into one order on both sides.
 *
 * A worker holds up to two chunks: the one it runs and the one queued behind it. Each has a row of its own, 64
 * bytes apart, so that the two threads do not write to one cache line. While a chunk is held, each cell has one writer.
 */
export interface Slots {
  /** Loads a cell. Loads and stores are in one order that both sides see: what was stored before is loaded after. */
  load(cell: number): number;
  store(cell: number, value: number): void;
  /** Stores a cell at the least cost, in the worker, for what is read only when the worker has died or hangs. */
  note(cell: number, value: number): void;
  /** Notes two adjacent cells with one call. */
  notePair(cell: number, value: number, next: number): void;
  /** Notes three adjacent cells with one call. */
  noteThree(cell: number, value: number, next: number, last: number): void;
  /** Loads a cell at the least cost: what was stored is seen soon, and in no order with what other cells say. */
  glance(cell: number): number;
  /** Returns what the worker itself noted last in a cell. */
  readNote(cell: number): number;
}

// These functions are taken now, since tasks may replace them.
const { max, min } = Math;

/** Number of cells. */
export const CELLS = 48;

/** Number of the row that a chunk uses, one of two. */
export type SlotRow = 0 | 1;

const ROW_LENGTH = 16;
/** Number of items that the worker has claimed: they begin, or it answers without them. Written by the worker only. */
const CLAIMED = 0;
/** Offset from which on items must not begin. Lowered by main, only. */
const END = 1;
/** Odd while main works out how much it can take back; it counts up, so that the worker sees that it did so again. */
const TAKING = 2;
/** The number of the item (from 1) that should stop, because its run was aborted or its time is over. */
const ABORTED = 3;
/** The number of the item (from 1) that runs; those before it have run. Written by the worker only. */
const CURRENT = 4;
/**
 * Place of the current item of a pipeline: its stage, a count of stages begun, which goes on from chunk to chunk, and
 * the record of a block (from 1).
 */
const STAGE = 5;
const BEAT = 6;
const RECORD = 7;
/** The beat that should stop, with the item. */
const ABORTED_BEAT = 8;
/** 1 once nobody wants anything more of the chunk. Written by main, and never taken back while the chunk is held. */
const WITHDRAWN = 9;
/** 1 once the worker sends the answer to the chunk. Written by the worker. */
const ANSWERED = 10;

/** Cell of what the worker is doing, in the row after those of the chunks. */
const PHASE = 2 * ROW_LENGTH;
/** Cell of the bytes that the worker holds, in KB, behind the chunk before; 0 while nobody has measured them. */
const HEAP = PHASE + 1;
export const PHASE_IDLE = 0;
export const PHASE_LOADING = 1;
export const PHASE_RUNNING = 2;
/** The worker sends the outcomes of a chunk. */
export const PHASE_ANSWERING = 3;
/** The worker collects its garbage, to know whether it is to be recycled. */
export const PHASE_COLLECTING = 4;
/** The worker closes what `perWorker` opened. */
export const PHASE_CLOSING = 5;

const CLEARED = [CLAIMED, CURRENT, STAGE, RECORD, ABORTED, WITHDRAWN, ANSWERED] as const;

/** Prepares a row, on main, before it sends a chunk of `count` items. */
export function openRow(slots: Slots, row: SlotRow, count: number): void {
  const base = row * ROW_LENGTH;
  for (let at = 0; at < CLEARED.length; at++) slots.store(base + (CLEARED[at] as number), 0);
  slots.store(base + END, count);
}

/**
 * Claims, in the worker, the items from one offset up to another. Returns the offset up to which it got them.
 *
 * The claim is stored before the end is read, and main stores the end before it reads the claim; both are
 * sequentially consistent, so no item is both claimed and taken back. When the two meet, main decides, and the worker
 * waits the few instructions until it has. Cost: 8 ns, so short items are claimed by the stretch.
 */
export function claimItems(slots: Slots, row: SlotRow, from: number, until: number): number {
  const base = row * ROW_LENGTH;
  slots.store(base + CLAIMED, until);
  if (until <= slots.load(base + END)) return until;
  for (;;) {
    const taking = slots.load(base + TAKING);
    const end = slots.load(base + END);
    if (until <= end) return until;
    // Main holds this for a few loads and stores only. An end that was read meanwhile is not its last word.
    if ((taking & 1) === 1 || slots.load(base + TAKING) !== taking) continue;
    const claimed = max(from, end);
    slots.store(base + CLAIMED, claimed);
    return claimed;
  }
}

/** Notes the item, in the worker, before it calls the task: read only when the worker has died or hangs. */
export function startItem(slots: Slots, row: SlotRow, offset: number): void {
  slots.note(row * ROW_LENGTH + CURRENT, offset + 1);
}

/** Notes the stage, in the worker, at each stage of a pipeline: read as the note of `startItem` is. */
export function startStage(slots: Slots, row: SlotRow, stage: number): void {
  const base = row * ROW_LENGTH;
  slots.notePair(base + STAGE, stage, (slots.readNote(base + BEAT) + 1) | 0);
}

/** Notes the record, in the worker, before it runs the stages for a record of a block. */
export function startRecord(slots: Slots, row: SlotRow, record: number): void {
  slots.note(row * ROW_LENGTH + RECORD, record + 1);
}

/** Notes what the two functions above do, where a record goes through the only stage. */
export function startStraight(slots: Slots, row: SlotRow, record: number): void {
  const base = row * ROW_LENGTH;
  slots.noteThree(base + STAGE, 0, (slots.readNote(base + BEAT) + 1) | 0, record + 1);
}

/** Place of the current item in its pipeline. */
export interface Place {
  readonly stage: number;
  /** The record of a block, from 0; -1 when the item is no block. */
  readonly record: number;
  /** Count that is another number for each try of each stage. */
  readonly beat: number;
}

export function readPlace(slots: Slots, row: SlotRow): Place {
  const base = row * ROW_LENGTH;
  return {
    stage: slots.load(base + STAGE),
    record: slots.load(base + RECORD) - 1,
    beat: slots.load(base + BEAT),
  };
}

/** Forbids, on main, all items from `offset` on that are not claimed. Returns the offset of the first forbidden one. */
export function takeBack(slots: Slots, row: SlotRow, offset: number): number {
  const base = row * ROW_LENGTH;
  const before = slots.load(base + END);
  if (offset >= before) return before;
  const taking = (slots.load(base + TAKING) + 1) | 0;
  slots.store(base + TAKING, taking);
  slots.store(base + END, offset);
  const claimed = slots.load(base + CLAIMED);
  // `claimed` may count a claim beyond `before` that the worker is about to withdraw.
  const end = min(max(offset, claimed), before);
  slots.store(base + END, end);
  slots.store(base + TAKING, (taking + 1) | 0);
  return end;
}

/** Returns how many items of the chunk can no longer be taken back. */
export function countClaimed(slots: Slots, row: SlotRow): number {
  return slots.load(row * ROW_LENGTH + CLAIMED);
}

/** Returns how many items of the chunk have begun; the last one begun is the current one. */
export function countBegun(slots: Slots, row: SlotRow): number {
  return slots.load(row * ROW_LENGTH + CURRENT);
}

/**
 * Returns, in the worker, before it claims anything of a chunk, whether all of the chunk was taken back.
 *
 * Asked later, the answer would be worth nothing: `takeBack` lets the end stand below what was claimed until it has
 * read the claim. While nothing is claimed, it puts nothing back, so an end of 0 stays.
 */
export function isTakenBack(slots: Slots, row: SlotRow): boolean {
  return slots.load(row * ROW_LENGTH + END) === 0;
}

/** Says, on main, that nobody wants more of the chunk, also not of what has begun. Call `takeBack` before. */
export function withdraw(slots: Slots, row: SlotRow): void {
  slots.store(row * ROW_LENGTH + WITHDRAWN, 1);
}

/**
 * Returns, in the worker, whether it may drop what it has begun. A word of its own says so, which main never takes
 * back: whoever sees it may leave the rest undone, since the run that sent the chunk is over and counts nothing of it
 * any more.
 */
export function isWithdrawn(slots: Slots, row: SlotRow): boolean {
  return slots.load(row * ROW_LENGTH + WITHDRAWN) === 1;
}

/** `isWithdrawn` for who asks again and again: the word stays, so that it need not be seen at once. */
export function isSeenWithdrawn(slots: Slots, row: SlotRow): boolean {
  return slots.glance(row * ROW_LENGTH + WITHDRAWN) === 1;
}

/**
 * Says, on main, that an item should stop, in the stage that it is in. The worker may have gone on since main looked:
 * what it is on then is not the item that was meant, so its number and its beat are those that main saw.
 */
export function markAborted(slots: Slots, row: SlotRow, begun: number, beat: number): void {
  const base = row * ROW_LENGTH;
  // The worker reads the two cells in the other order: with the number of this item it finds the beat of this item.
  slots.store(base + ABORTED_BEAT, beat);
  slots.store(base + ABORTED, begun);
}

/** Returns, in the worker, whether its current item should stop. */
export function isAborted(slots: Slots, row: SlotRow): boolean {
  if (isWithdrawn(slots, row)) return true;
  const base = row * ROW_LENGTH;
  const aborted = slots.load(base + ABORTED);
  if (aborted === 0 || aborted !== countBegun(slots, row)) return false;
  return slots.load(base + ABORTED_BEAT) === slots.load(base + BEAT);
}

/** Notes, in the worker, that it now sends the answer: a message that main could not read before was no answer. */
export function markAnswered(slots: Slots, row: SlotRow): void {
  slots.store(row * ROW_LENGTH + ANSWERED, 1);
}

export function isAnswered(slots: Slots, row: SlotRow): boolean {
  return slots.load(row * ROW_LENGTH + ANSWERED) === 1;
}

export function setPhase(slots: Slots, phase: number): void {
  slots.store(PHASE, phase);
}

export function readPhase(slots: Slots): number {
  return slots.load(PHASE);
}

/** Notes, in the worker, the bytes that it holds, where they are measured anyway. */
export function noteHeap(slots: Slots, bytes: number): void {
  slots.note(HEAP, bytes / 1024);
}

/** Returns the bytes that the worker held behind its last chunk, to a KB; 0 where nobody has measured them. */
export function readHeap(slots: Slots): number {
  return slots.load(HEAP) * 1024;
}
