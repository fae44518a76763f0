import type { Chunk } from '../../flow/chunk/chunk.ts';
import type { CapturedTask } from '../../task/definition/definition.ts';
import { resolveStore } from '../../task/resolve-task.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';
import { type Packed, unpackValues } from '../../wire/pack/pack.ts';
import { encodeThrown } from '../../wire/values/error.ts';
import { open, seal } from '../message/envelope.ts';
import type { CallTerms } from './relay.ts';
import type { ChunkInput, ChunkMeta, ChunkOutput, Piece, RunHead } from '../message/messages.ts';

/** A chunk that a node was given, decoded. */
export interface NodeChunk {
  readonly run: string;
  readonly number: number;
  readonly definition: WorkDefinition;
  readonly head: RunHead;
  readonly chunk: Chunk;
  /** Value that the call gives to its tasks. */
  readonly store: CapturedTask | undefined;
}

/** Returns the terms on which the items of a chunk run: time limits, of each stage in a pipeline, and what the call says. */
export function termsOf({ head, store }: Pick<NodeChunk, 'head' | 'store'>): CallTerms {
  const { timeout, limits, calls } = head;
  return {
    limits: limits === undefined ? timeout : limits.map((limit) => limit ?? undefined),
    areCalls: calls === true,
    store,
  };
}

/** Decodes the items of a chunk, and the value that their tasks get. Throws where they cannot be read. */
export function readChunk(
  { calls }: RunHead,
  { first, count, attempt }: ChunkMeta,
  input: Buffer,
): Pick<NodeChunk, 'chunk' | 'store'> {
  const message = open(input) as Partial<ChunkInput> | null;
  const values = unpackValues(message?.items as Packed);
  if (values?.length !== count) throw new Error(`a chunk of ${count} items came with ${values?.length}`);
  const items = ArrayBuffer.isView(values) ? (values as Chunk['items']) : Array.from(values);
  if (calls === true && !(items as readonly unknown[]).every(Array.isArray)) {
    throw new Error('calls came without their arguments');
  }
  const index = typeof first === 'number' ? first : Float64Array.from(first);
  const chunk: Chunk = { index, items, attempt, losses: 0, isSole: false, header: message?.header };
  return { chunk, store: resolveStore(message?.store) };
}

/** Seals what became of a chunk. Results that cannot cross are said to be such, each piece by itself. */
export function sealOutput<T extends ChunkOutput>(output: T): Buffer {
  try {
    return seal(output);
  } catch {
    return seal({ ...output, pieces: output.pieces.map(makeSealable) });
  }
}

/** Seals the outcome of a chunk none of whose items can run. */
export function sealRefusal(
  kind: 'undecodable' | 'unloadable' | 'unreadable',
  count: number,
  reason: unknown,
): Buffer {
  const piece: Piece = { kind, from: 0, to: count, late: [], thrown: encodeThrown(reason) };
  return seal({ pieces: [piece], strays: [] });
}

/** Counts the items that failed, for dashboards. */
export function countFailed({ pieces }: ChunkOutput): number {
  return pieces.reduce((sum, piece) => {
    if (piece.kind !== 'answered') return sum + piece.to - piece.from;
    const failed = piece.answer.encoded?.filter(({ kind }) => kind === 'failed' || kind === 'uncloneable');
    return sum + (failed?.length ?? 0);
  }, 0);
}

function makeSealable(piece: Piece): Piece {
  try {
    seal(piece);
    return piece;
  } catch (thrown) {
    const { from, to, late } = piece;
    return { kind: 'unreadable', from, to, late, thrown: encodeThrown(thrown) };
  }
}
