import {
  countClaimed,
  type SlotRow,
  openRow,
  type Slots,
  takeBack,
  withdraw,
} from '../../../wire/slots/slot.ts';
import { type Chunk, sliceChunk } from '../../chunk/chunk.ts';
import type { SentChunk, Work } from '../../work/work.ts';

let nextChunkId = 0;

/** Marks a chunk that is being sent: while it is not known which buffers go along, nothing can be taken back. */
const BEING_SENT: ReadonlySet<number> = new Set();

/** Makes ready a chunk that a worker is about to be sent, and the line of the slot that it uses. */
export function openChunk(slots: Slots, row: SlotRow, work: Work, chunk: Chunk): SentChunk {
  const count = chunk.items.length;
  const sent: SentChunk = {
    id: nextChunkId++,
    work,
    chunk,
    row,
    end: count,
    transferred: BEING_SENT,
    since: performance.now(),
    stopAt: undefined,
    late: new Set(),
    place: undefined,
  };
  openRow(slots, row, count);
  return sent;
}

/** Counts the items that have not begun and can be taken back. */
export function countFree(slots: Slots, sent: SentChunk): number {
  if (sent.transferred !== undefined) return 0;
  return Math.max(0, sent.end - countClaimed(slots, sent.row));
}

/** Takes back up to `most` of a chunk's last items, as far as they have not begun. */
export function takeItems(slots: Slots, sent: SentChunk, most: number): Chunk | undefined {
  const from = takeBack(slots, sent.row, Math.max(0, sent.end - most));
  if (from >= sent.end) return undefined;
  const taken = sliceChunk(sent.chunk, from, sent.end);
  sent.end = from;
  return taken;
}

/**
 * Takes back all items of a chunk that have not begun, for good, and withdraws those that have. Returns whether there
 * are any that have.
 */
export function withdrawChunk(slots: Slots, sent: SentChunk): boolean {
  sent.end = takeBack(slots, sent.row, 0);
  if (sent.end === 0) return false;
  withdraw(slots, sent.row);
  return true;
}
