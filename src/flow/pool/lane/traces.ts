import type { SentChunk, Work } from '../../work/work.ts';

/** So many chunks are remembered: some 5 s of a busy worker. */
const MOST = 256;

/**
 * What the last chunks of a worker belonged to, so that what their items have left behind is told to their own call, also
 * when that has no chunk in progress, or is over. Not held: a call has results.
 */
export class Traces {
  readonly #works = new Map<number, WeakRef<Work>>();
  #last: WeakRef<Work> | undefined;

  /** A chunk has left the worker. */
  note({ id, work }: SentChunk): void {
    this.#last = new WeakRef(work);
    this.#works.set(id, this.#last);
    const [oldest] = this.#works.keys();
    if (this.#works.size > MOST && oldest !== undefined) this.#works.delete(oldest);
  }

  /** @param chunk - `undefined` where nobody knows: then it is the chunk in progress, or the last. */
  find(chunk: number | undefined, held: readonly SentChunk[]): Work | undefined {
    if (chunk === undefined) return held[0]?.work ?? this.#last?.deref();
    return held.find(({ id }) => id === chunk)?.work ?? this.#works.get(chunk)?.deref();
  }
}
