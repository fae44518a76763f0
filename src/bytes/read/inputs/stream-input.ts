import { setTimeout as sleep } from 'node:timers/promises';
import { assertStep, isLast } from '../../../async/iterator-step.ts';
import { openIterator } from '../../../async/open-iterator.ts';
import { toBytes } from '../compression/piece-queue.ts';
import type { ByteInput } from './byte-input.ts';

/** Bytes that come in pieces: a stream, decompressed or not, or any async iterable of bytes or text. */
export class StreamInput implements ByteInput {
  readonly file: string | undefined;
  readonly remaining: undefined;
  readonly isLive = true;
  readonly #iterator: AsyncIterator<unknown>;
  #piece: Uint8Array = new Uint8Array(0);
  #isDone = false;
  /** Pull of the next piece, from its begin until a read takes it. */
  #pulling: Promise<void> | undefined;

  constructor(pieces: AsyncIterable<unknown>, file?: string) {
    this.file = file;
    this.#iterator = openIterator(pieces);
  }

  readonly whenReady = async (): Promise<void> => {
    this.#pulling ??= this.#pull();
    // A failure is that of the read.
    await this.#pulling.catch(() => {});
  };

  async read(target: Uint8Array): Promise<number> {
    const pulling = (this.#pulling ??= this.#pull());
    try {
      await pulling;
    } finally {
      this.#pulling = undefined;
    }
    const taken = this.#piece.subarray(0, target.length);
    target.set(taken);
    this.#piece = this.#piece.subarray(taken.length);
    return taken.length;
  }

  /** Pulls a piece, unless there is one, or none will come. */
  async #pull(): Promise<void> {
    while (this.#piece.length === 0 && !this.#isDone) {
      const step = assertStep(await this.#iterator.next());
      if (isLast(step)) this.#isDone = true;
      else this.#piece = toBytes(step.value);
    }
  }

  async close(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    // A stream that waits for something cannot be closed before that is there: it is told to close, and not waited for.
    await Promise.race([this.#iterator.return?.(), sleep(50, undefined, { ref: false })]);
  }
}
