import { Sizer } from '../../flow/chunk/sizing.ts';
import { sliceChunk } from '../../flow/chunk/chunk.ts';
import { enterPool, Pool } from '../../flow/pool/pool.ts';
import { encodeThrown } from '../../wire/values/error.ts';
import { open } from '../message/envelope.ts';
import { findGaps } from '../message/find-gaps.ts';
import type { ChunkOutput, Piece } from '../message/messages.ts';
import { countSettled } from './chunk-record.ts';
import type { ChunkRunner } from './chunk-runner.ts';
import { type NodeChunk, sealOutput, termsOf } from './node-chunk.ts';
import { Relay } from './relay.ts';

/** Milliseconds between two notes of what is done. */
const NOTE = 150;
/** Starts in a row that got no further, from which on items run alone. */
const STUCK = 2;
/** Nodes in a row that ended while one item ran alone, from which on that item is to blame. */
const MOST_ENDS = 5;

/** Notes of earlier nodes on a chunk. */
interface Part extends Pick<ChunkOutput, 'pieces' | 'strays'> {
  /** Number of items that had an outcome when the last start began. */
  readonly settled: number;
  /** Number of starts in a row that got no further. */
  readonly stuck: number;
  /** Number of items that had no outcome when they were begun again, over all starts. */
  readonly again: number;
  /** The item that runs alone, and how many nodes ended on it. */
  readonly alone: { readonly at: number; readonly ends: number } | undefined;
}

const NOTHING: Part = { pieces: [], strays: [], settled: -1, stuck: 0, again: 0, alone: undefined };

/** Operations that a suspect's chunk needs of its node. */
export interface SuspectHost {
  readonly runner: ChunkRunner;
  /** Keeps what there is of a chunk at the broker. */
  note(chunk: NodeChunk, part: Buffer): Promise<void>;
}

/**
 * Runs chunks that were begun and never committed: whoever ran one has died, has stalled, or lost its network. They run
 * in processes, so that an item that kills its program kills only that; what is done is noted, so that the next node goes
 * on from there; and a node's death is charged to an item only when that was alone, in a process that was ready.
 */
export class Suspects {
  readonly #host: SuspectHost;
  readonly #options: { readonly workers: number; readonly memory: number | undefined };
  #pool: Pool | undefined;

  constructor(host: SuspectHost, options: { workers: number; memory: number | undefined }) {
    this.#host = host;
    this.#options = options;
  }

  /** Runs a chunk; resolves with what became of it, or `undefined` when nobody wants that any more. */
  async run(chunk: NodeChunk, noted: Buffer | undefined): Promise<ChunkOutput | undefined> {
    const before = readPart(noted);
    const settled = countSettled(before.pieces);
    const stuck = settled > before.settled ? 0 : before.stuck + 1;
    const left = chunk.chunk.items.length - settled;
    const part: Part = { ...before, settled, stuck, again: before.again + left };
    // The last node has ended between its last note and its commit.
    if (left === 0) return { pieces: part.pieces, strays: part.strays, again: part.again };
    if (stuck >= STUCK) return await this.#runAlone(chunk, part);
    await this.#note(chunk, part);
    return await this.#runOn(chunk, part, this.#open(chunk, part));
  }

  async close(force: boolean): Promise<void> {
    await this.#pool?.close({ force });
  }

  /** Runs what is left one item at a time, on all workers. */
  async #runOn(chunk: NodeChunk, part: Part, relay: Relay): Promise<ChunkOutput | undefined> {
    const { again } = part;
    const notes = setInterval(() => {
      if (relay.record.settled > part.settled)
        void this.#note(chunk, { ...part, ...relay.record.output, again }).catch(() => {});
    }, NOTE);
    try {
      const isWanted = await this.#host.runner.run(chunk, relay, enterPool(this.#processes), {
        longest: Infinity,
      });
      return isWanted ? { ...relay.record.output, again } : undefined;
    } finally {
      clearInterval(notes);
    }
  }

  /** Runs the first item that is left, and nothing beside it; the others go back to the caller. */
  async #runAlone(chunk: NodeChunk, part: Part): Promise<ChunkOutput | undefined> {
    const [gap] = findGaps(part.pieces, chunk.chunk.items.length);
    const at = gap?.from ?? 0;
    const ends = part.alone?.at === at ? part.alone.ends : 0;
    if (ends >= MOST_ENDS) return addPiece(part, makeVerdict(at));
    const alone = { ...chunk, chunk: sliceChunk(chunk.chunk, at, at + 1) };
    const relay = this.#open(alone, NOTHING);
    // A process that dies while it starts is nobody's fault, so the item counts as begun only once there is one.
    const left = chunk.chunk.items.length - part.settled;
    const onReady = async (): Promise<void> =>
      // The other items run again once only, when this one has an outcome.
      await this.#note(chunk, { ...part, again: part.again - left + 1, alone: { at, ends: ends + 1 } });
    const terms = { longest: Infinity, onReady };
    if (!(await this.#host.runner.run(chunk, relay, enterPool(this.#processes), terms))) return undefined;
    const [piece] = relay.record.output.pieces;
    const next = piece === undefined ? part : addPiece(part, { ...piece, from: at, to: at + 1 });
    await this.#note(chunk, { ...part, ...next, alone: undefined });
    return next;
  }

  #open(chunk: NodeChunk, part: Part): Relay {
    const { workers } = this.#options;
    return new Relay(chunk.definition, chunk.chunk, {
      ...termsOf(chunk),
      workers,
      sizer: new Sizer(1),
      known: part,
    });
  }

  get #processes(): Pool {
    this.#pool ??= new Pool({ isolate: 'process', ...this.#options });
    return this.#pool;
  }

  async #note(chunk: NodeChunk, part: Part): Promise<void> {
    await this.#host.note(chunk, sealOutput(part));
  }
}

/** Makes the outcome of an item that ended each node which ran it. */
function makeVerdict(at: number): Piece {
  const thrown = encodeThrown(new Error(`${MOST_ENDS} nodes in a row ended while it ran there alone`));
  return {
    kind: 'lost',
    from: at,
    to: at + 1,
    late: [],
    end: { kind: 'crash', thrown },
    stage: 0,
    place: undefined,
  };
}

function addPiece({ pieces, strays, again }: Part, piece: Piece): ChunkOutput & { readonly again: number } {
  return { pieces: [...pieces, piece], strays, again };
}

/** Reads what was noted; nothing where that cannot be read, since a chunk can always run anew. */
function readPart(noted: Buffer | undefined): Part {
  if (noted === undefined) return NOTHING;
  try {
    const part = open(noted) as Part;
    const isPart = Array.isArray(part.pieces) && Array.isArray(part.strays);
    return isPart && Number.isSafeInteger(part.again) ? part : NOTHING;
  } catch {
    return NOTHING;
  }
}
