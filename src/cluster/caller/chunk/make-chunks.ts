import { type Chunk, sliceChunk } from '../../../flow/chunk/chunk.ts';
import type { Work } from '../../../flow/work/work.ts';
import type { ChunkMeta } from '../../message/messages.ts';
import { digestItems } from '../named/digests.ts';
import type { KnownOutcomes } from '../named/known-outcomes.ts';
import { deliver, listPositions } from './deliver.ts';
import type { Outstanding, OutstandingChunk } from './outstanding.ts';
import { sealChunk } from './seal-chunk.ts';
import { takeChunk } from './take-chunk.ts';

/** Terms on which chunks of a run are made. */
export interface MakeTerms {
  /** Chunks that nodes take at once, and their threads. */
  readonly capacity: { readonly slots: number; readonly threads: number };
  /** Bytes that the items of a chunk may take. */
  readonly maxBytes: number;
  /** Value that the call gives to its tasks. */
  readonly store: unknown;
  /** Whether the items have to be known again by a later caller. */
  readonly isNamed: boolean;
  /** Outcomes that earlier callers have left. */
  readonly known: KnownOutcomes | undefined;
  /** Tells whether the run has ended here. */
  readonly isOver: () => boolean;
}

/** Makes chunks of what a run has, while there is room for them, and tells the run what is known of it. */
export async function makeChunks(
  work: Work,
  outstanding: Outstanding,
  { capacity, maxBytes, store, isNamed, known, isOver }: MakeTerms,
): Promise<OutstandingChunk[]> {
  const batch: OutstandingChunk[] = [];
  const { slots, threads } = capacity;
  const blocks = Math.ceil(threads / Math.max(1, slots));
  while (!isOver() && outstanding.hasRoom(slots)) {
    const next = takeChunk(work, blocks);
    if (next === undefined) break;
    // oxlint-disable-next-line no-await-in-loop -- chunks are made in order.
    const chunk = known === undefined ? next : await tellKnown(work, known, next, isOver);
    if (chunk === undefined) continue;
    const input = sealChunk(work, chunk, store, maxBytes);
    if (input === undefined) continue;
    const { attempt, items } = chunk;
    const digests = isNamed ? digestItems(items) : undefined;
    const meta: ChunkMeta = { first: listPositions(chunk), count: items.length, attempt, digests };
    batch.push(outstanding.add(chunk, JSON.stringify(meta), input));
  }
  return batch;
}

/** Tells the run what is known of a chunk's first items. Returns what has to run of it. */
async function tellKnown(
  work: Work,
  known: KnownOutcomes,
  chunk: Chunk,
  isOver: () => boolean,
): Promise<Chunk | undefined> {
  const { count, output } = await known.find(chunk);
  if (isOver()) return undefined;
  const { length } = chunk.items;
  if (count < length) work.giveBack(sliceChunk(chunk, count, length));
  const first = count < length ? sliceChunk(chunk, 0, count) : chunk;
  if (output === undefined) return first;
  deliver(work, first, output);
  return undefined;
}
