import type { SentChunk, Strays } from '../../work/work.ts';

/** Number of chunks that are remembered: some 5 s of a busy worker. */
const MOST = 256;

/**
 * Knows what the last chunks of a worker belonged to, so that what their items have left behind is told to their own
 * call, also when that has no chunk in progress, or is over. The call is not held: its context may hold a whole
 * request.
 *
 * An object that is referred to weakly stays until a full collection, so it is not the run, with its results.
 */
export class Traces {
  /** Numbers of the chunks, and what they belonged to: a ring, which is written over. */
  readonly #chunks: number[] = [];
  readonly #strays: WeakRef<Strays>[] = [];
  #next = 0;
  #last: WeakRef<Strays> | undefined;

  /** Notes a chunk that has left the worker. */
  note({ id, work: { strays } }: SentChunk): void {
    // Most chunks are of the same run as the one before.
    if (this.#last?.deref() !== strays) this.#last = new WeakRef(strays);
    this.#chunks[this.#next] = id;
    this.#strays[this.#next] = this.#last;
    this.#next = (this.#next + 1) % MOST;
  }

  /** @param chunk - `undefined` where nobody knows: then it is the chunk in progress, or the last. */
  find(chunk: number | undefined, held: readonly SentChunk[]): Strays | undefined {
    if (chunk === undefined) return held[0]?.work.strays ?? this.#last?.deref();
    const sent = held.find(({ id }) => id === chunk);
    return sent === undefined ? this.#strays[this.#chunks.indexOf(chunk)]?.deref() : sent.work.strays;
  }
}
