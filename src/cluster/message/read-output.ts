import { fits, isFromWorker } from '../../wire/message/check-message.ts';
import { ClusterError } from '../cluster-error.ts';
import { open } from './envelope.ts';
import type { ChunkOutput, Piece } from './messages.ts';

/**
 * Reads the outcomes of a chunk that came from the broker.
 *
 * @param count - Number of items in the chunk.
 *
 * @throws where they cannot be read, or are none of this chunk.
 */
export function readOutput(sealed: Buffer, count: number): ChunkOutput {
  const output = open(sealed) as ChunkOutput;
  if (typeof output !== 'object' || !Array.isArray(output?.pieces) || !Array.isArray(output.strays)) {
    throw malformed();
  }
  const { node, starts, again } = output;
  if (node !== undefined && typeof node !== 'string') throw malformed();
  for (const count of [starts, again])
    if (count !== undefined && !Number.isSafeInteger(count)) throw malformed();
  let end = 0;
  for (const piece of output.pieces.toSorted((a, b) => a.from - b.from)) {
    if (!isStretch(piece, end, count)) throw malformed();
    end = piece.to;
    if (piece.kind === 'answered' && !isAnswered(piece)) throw malformed();
  }
  return output;
}

function isStretch({ from, to }: Piece, end: number, count: number): boolean {
  return Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= end && to > from && to <= count;
}

function isAnswered({ answer, from, to }: Extract<Piece, { kind: 'answered' }>): boolean {
  return isFromWorker(answer) && answer.ran === to - from && fits(answer, to - from);
}

function malformed(): ClusterError {
  return new ClusterError('The broker holds outcomes that no node of Telar wrote.', 'refused');
}
