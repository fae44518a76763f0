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

  constructor(pieces: AsyncIterable<unknown>, file?: string) {
    this.file = file;
    this.#iterator = openIterator(pieces);
  }

  async read(target: Uint8Array): Promise<number> {
    while (this.#piece.length === 0) {
      if (this.#isDone) return 0;
      const step = assertStep(await this.#iterator.next());
      if (isLast(step)) this.#isDone = true;
      else this.#piece = toBytes(step.value);
    }
    const taken = this.#piece.subarray(0, target.length);
    target.set(taken);
    this.#piece = this.#piece.subarray(taken.length);
    return taken.length;
  }

  async close(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    // A stream that waits for something cannot be closed before that is there: it is told to close, and not waited for.
    await Promise.race([this.#iterator.return?.(), sleep(50, undefined, { ref: false })]);
  }
}
