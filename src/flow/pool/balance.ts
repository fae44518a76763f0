import type { Lane } from './lane/lane.ts';
import type { SentChunk, Work } from './work.ts';

/** A chunk that an idle worker could take a part of. */
export interface Surplus {
  readonly from: Lane;
  readonly sent: SentChunk;
  /** How many of its items have not begun. */
  readonly free: number;
  /** How long these would take, in ms, as far as is known. */
  readonly time: number;
}

/**
 * How often a chunk is taken over whole from a worker that has not come to it. It may be one that ends whatever decodes it: who
 * has it then keeps it, and its death is the chunk's; else it would end one worker after the other.
 */
const MOST_MOVES = 2;

/** How many workers hold a chunk of this run. */
export function countLanes(lanes: Iterable<Lane>, work: Work): number {
  let count = 0;
  for (const lane of lanes) if (lane.held.some((sent) => sent.work === work)) count++;
  return count;
}

/** The chunk with the most work that has not begun, among those whose run may use another worker. */
export function findLongest(lanes: Iterable<Lane>): Surplus | undefined {
  let longest: Surplus | undefined;
  for (const from of lanes) {
    for (const sent of from.held) {
      const { work } = sent;
      if (work.isOver || sent.stopAt !== undefined || !work.isAwaited || work.isUnloadable) continue;
      if (countLanes(lanes, work) >= work.workers) continue;
      const free = from.countFree(sent);
      if (free === sent.end && sent === from.held[0] && (sent.chunk.moves ?? 0) >= MOST_MOVES) continue;
      const time = free * (work.service ?? Infinity);
      if (free > 0 && (longest === undefined || time > longest.time)) longest = { from, sent, free, time };
    }
  }
  return longest;
}
