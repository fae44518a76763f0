import type { AnswerMessage } from '../../../wire/message/message.ts';
import { unpackValues } from '../../../wire/pack/pack.ts';
import type { ChunkOutput, Piece } from '../../message/messages.ts';

/** Outcomes of a chunk from an earlier caller, of which any stretch may be told again. */
export class KnownOutput {
  readonly #pieces: readonly Piece[];
  readonly #strays: ChunkOutput['strays'];
  /** Values of each piece, unpacked once. */
  readonly #values = new Map<Piece, ArrayLike<unknown>>();

  constructor({ pieces, strays }: ChunkOutput) {
    this.#pieces = pieces.toSorted((a, b) => a.from - b.from);
    this.#strays = strays;
  }

  /**
   * Returns the end of the stretch from an offset on that has outcomes which may be told again; the offset where there is
   * none. A worker that was lost with several items says nothing of each.
   */
  endOfKnown(from: number): number {
    let end = from;
    for (const piece of this.#pieces) {
      if (piece.from > end) break;
      if (piece.to <= end) continue;
      const isWhole = piece.kind === 'lost' && piece.to - piece.from === 1;
      if (piece.kind !== 'answered' && !isWhole) break;
      end = piece.to;
    }
    return end;
  }

  /** Tells whether the item at an offset has failed. */
  hasFailed(at: number): boolean {
    const piece = this.#pieces.find(({ from, to }) => from <= at && at < to);
    if (piece?.kind !== 'answered') return true;
    const of = at - piece.from;
    return (
      piece.late.includes(of) ||
      piece.answer.encoded?.some(
        (outcome) => outcome.at === of && (outcome.kind === 'failed' || outcome.kind === 'uncloneable'),
      ) === true
    );
  }

  /** Returns the outcomes of a stretch, as those of a chunk of its own. */
  slice(from: number, to: number): ChunkOutput {
    const pieces = this.#pieces
      .filter((piece) => piece.from < to && piece.to > from)
      .map((piece) => this.#slicePiece(piece, Math.max(from, piece.from), Math.min(to, piece.to), from));
    // Errors that no item is to blame for are told once, with the first.
    return { pieces, strays: from === 0 ? this.#strays : [] };
  }

  #slicePiece(piece: Piece, from: number, to: number, base: number): Piece {
    const place = { from: from - base, to: to - base };
    if (piece.kind !== 'answered') return { ...piece, ...place };
    const [start, end] = [from - piece.from, to - piece.from];
    const late = piece.late.filter((at) => at >= start && at < end).map((at) => at - start);
    return { ...piece, ...place, late, answer: this.#sliceAnswer(piece, start, end) };
  }

  #sliceAnswer(piece: Extract<Piece, { kind: 'answered' }>, start: number, end: number): AnswerMessage {
    const { answer } = piece;
    if (start === 0 && end === answer.ran) return answer;
    let values = this.#values.get(piece);
    if (values === undefined) this.#values.set(piece, (values = unpackValues(answer.values)));
    const encoded = answer.encoded
      ?.filter(({ at }) => at >= start && at < end)
      .map((outcome) => ({ ...outcome, at: outcome.at - start }));
    const share = (end - start) / answer.ran;
    return {
      ...answer,
      ran: end - start,
      values: { kind: 'values', values: Array.from(values).slice(start, end) },
      encoded: encoded?.length === 0 ? undefined : encoded,
      bytes: answer.bytes * share,
      compute: answer.compute * share,
    };
  }
}
