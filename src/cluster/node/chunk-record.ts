import type { Header } from '../../bytes/format.ts';
import { nameItems } from '../../flow/failure/stray-log.ts';
import { type Chunk, headerOfRows, indexOf, sliceChunk } from '../../flow/chunk/chunk.ts';
import type { SentChunk, Strays } from '../../flow/work/work.ts';
import { findGaps } from '../message/find-gaps.ts';
import type { ChunkOutput, Piece } from '../message/messages.ts';

/** Content of a piece, without the range of items that it is about. */
export type PieceContent = Piece extends infer P
  ? P extends Piece
    ? Omit<P, 'from' | 'to' | 'late'>
    : never
  : never;

/** Record of what became of the items of one chunk so far. */
export class ChunkRecord {
  readonly strays: Strays;
  failure: ChunkOutput['failure'];
  readonly #chunk: Chunk;
  readonly #pieces: Piece[];
  readonly #strays: ChunkOutput['strays'][number][];

  /** @param known - What became of some items before, at another node. */
  constructor(chunk: Chunk, known: Pick<ChunkOutput, 'pieces' | 'strays'> = { pieces: [], strays: [] }) {
    this.#chunk = chunk;
    this.#pieces = [...known.pieces];
    const strays = [...known.strays];
    this.#strays = strays;
    this.strays = {
      count: 0,
      add(index, thrown) {
        this.count++;
        strays.push({ index, thrown });
      },
      name: nameItems,
    };
  }

  get output(): ChunkOutput {
    return { pieces: this.#pieces, strays: this.#strays, failure: this.failure };
  }

  /** Number of items that have an outcome. */
  get settled(): number {
    return countSettled(this.#pieces);
  }

  /** Header that the first row of the chunk has decided; `undefined` before. */
  get header(): Header | undefined {
    for (const piece of this.#pieces) {
      const header = piece.kind === 'answered' ? headerOfRows(piece.answer.payload?.collected) : undefined;
      if (header !== undefined) return header;
    }
    return undefined;
  }

  /** Writes down what became of the first `count` items of a part. */
  tell({ chunk, late }: Pick<SentChunk, 'chunk' | 'late'>, count: number, told: PieceContent): void {
    if (count === 0) return;
    const from = this.#offsetOf(chunk);
    this.#pieces.push({ ...told, from, to: from + count, late: [...late].filter((at) => at < count) });
  }

  /** Lists the stretches of the chunk that have no outcome, in order. */
  listLeft(): Chunk[] {
    if (this.#pieces.length === 0) return [this.#chunk];
    const gaps = findGaps(this.#pieces, this.#chunk.items.length);
    return gaps.map(({ from, to }) => sliceChunk(this.#chunk, from, to));
  }

  #offsetOf(part: Chunk): number {
    const { index } = this.#chunk;
    const first = indexOf(part, 0);
    return typeof index === 'number' ? first - index : index.indexOf(first);
  }
}

export function countSettled(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { from, to }) => sum + to - from, 0);
}
