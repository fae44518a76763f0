import { isUint8Array } from 'node:util/types';
import { openIterator } from '../../../async/open-iterator.ts';
import { assertStep, isLast } from '../../../async/iterator-step.ts';

/** Pieces of bytes that are pulled, and can be given back. */
export class PieceQueue {
  readonly #iterator: AsyncIterator<unknown>;
  readonly #back: Uint8Array[] = [];
  #isDone = false;
  /** Failure that the iterator itself has thrown. */
  failure: { readonly thrown: unknown } | undefined;

  constructor(pieces: AsyncIterable<unknown>) {
    this.#iterator = openIterator(pieces);
  }

  /** Takes the next piece, of at least one byte; `undefined` at the end. */
  async take(): Promise<Uint8Array | undefined> {
    const back = this.#back.pop();
    if (back !== undefined) return back;
    while (!this.#isDone) {
      const step = await this.#pull();
      if (isLast(step)) break;
      const piece = toBytes(step.value);
      if (piece.length > 0) return piece;
    }
    this.#isDone = true;
    return undefined;
  }

  /** Looks at the next byte, which stays in the queue; `undefined` at the end. */
  async peek(): Promise<number | undefined> {
    const piece = await this.take();
    if (piece !== undefined) this.#back.push(piece);
    return piece?.[0];
  }

  /** Puts a piece back, so that it comes next again. */
  giveBack(piece: Uint8Array): void {
    this.#back.push(piece);
  }

  /** Passes over the zeros of the piece that was peeked at. */
  dropZeros(): void {
    const piece = this.#back.pop();
    const end = piece?.findIndex((byte) => byte !== 0) ?? -1;
    if (piece !== undefined && end >= 0) this.#back.push(piece.subarray(end));
  }

  async close(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    await this.#iterator.return?.();
  }

  async #pull(): Promise<IteratorResult<unknown>> {
    try {
      return assertStep(await this.#iterator.next());
    } catch (thrown) {
      this.failure = { thrown };
      this.#isDone = true;
      throw thrown;
    }
  }
}

/** Makes bytes of a piece, which may be text: that becomes UTF-8. Throws a `TypeError` for all else. */
export function toBytes(piece: unknown): Uint8Array {
  if (isUint8Array(piece)) return piece;
  if (typeof piece === 'string') return Buffer.from(piece);
  throw new TypeError(
    `Expected a stream of bytes or text, got a piece that is ${piece === null ? 'null' : typeof piece}.`,
  );
}
