import type { SessionEnd, StartFailure } from '../../../flow/hosts/host.ts';
import type { SentChunk, Work } from '../../../flow/work/work.ts';
import { type Chunk, indexOf, sliceChunk } from '../../../flow/chunk/chunk.ts';
import { decodeThrown } from '../../../wire/values/error.ts';
import type { CloneAttempt } from '../../../wire/values/uncloneable.ts';
import { findGaps } from '../../message/find-gaps.ts';
import type { ChunkOutput, EncodedEnd, Piece } from '../../message/messages.ts';

let nextId = 0;

/**
 * Tells a run what became of a chunk at a node, as the worker of a pool here would have told it. What the node has not
 * begun goes back.
 */
export function deliver(work: Work, chunk: Chunk, { pieces, strays, failure }: ChunkOutput): void {
  for (const { from, to } of findGaps(pieces, chunk.items.length)) work.giveBack(sliceChunk(chunk, from, to));
  // Pieces are told in order, so that of several failures the first is told first.
  for (const piece of pieces.toSorted((a, b) => a.from - b.from))
    tell(work, sliceChunk(chunk, piece.from, piece.to), piece);
  for (const { index, thrown } of strays) work.strays.add(index, thrown);
  if (failure !== undefined) work.unstarted(decodeEnd(failure) as StartFailure);
}

/** Fails a chunk that cannot be sent: the items that are to blame fail, the others go again. */
export function deliverUncloneable(work: Work, chunk: Chunk, reason: unknown, attempt: CloneAttempt): void {
  work.refused(open(work, chunk, []), { kind: 'uncloneable', reason, attempt });
}

/** Fails a chunk whose outcomes cannot be read: the item that is to blame will show when it runs alone. */
export function deliverUnreadable(work: Work, chunk: Chunk, reason: unknown): void {
  work.unreadable(open(work, chunk, []), reason);
}

function tell(work: Work, chunk: Chunk, piece: Piece): void {
  const sent = open(work, chunk, piece.late);
  switch (piece.kind) {
    case 'answered':
      work.answered(sent, piece.answer, piece.answer.compute);
      break;
    case 'lost':
      sent.place = piece.place;
      work.lost(sent, decodeEnd(piece.end) as SessionEnd, piece.stage);
      break;
    case 'unloadable':
      work.refused(sent, { kind: 'unloadable', reason: decodeThrown(piece.thrown) });
      break;
    case 'undecodable':
      work.refused(sent, { kind: 'undecodable', reason: decodeThrown(piece.thrown) });
      break;
    case 'unreadable':
      work.unreadable(sent, decodeThrown(piece.thrown));
      break;
  }
}

/** Makes of a chunk what a worker of a pool would have been sent. */
function open(work: Work, chunk: Chunk, late: readonly number[]): SentChunk {
  return {
    id: nextId++,
    work,
    chunk,
    row: 0,
    end: chunk.items.length,
    // A broker gets copies: nothing is handed over.
    transferred: undefined,
    since: performance.now(),
    stopAt: undefined,
    late: new Set(late),
    place: undefined,
  };
}

function decodeEnd(end: EncodedEnd): unknown {
  return end.thrown === undefined ? end : { ...end, thrown: decodeThrown(end.thrown) };
}

/** Returns the position of a chunk's items as it travels: the first, where they are in a row. */
export function listPositions(chunk: Chunk): number | readonly number[] {
  return typeof chunk.index === 'number'
    ? chunk.index
    : Array.from({ length: chunk.items.length }, (_, at) => indexOf(chunk, at));
}
