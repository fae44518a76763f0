import type { TelarError } from '../../errors/telar-error.ts';
import type { RetryPolicy } from '../../options/retries.ts';
import { type Chunk, indexOf, sliceChunk } from '../chunk/chunk.ts';

/** Gives failed items another try: now, or after the delay that the caller asked for. */
export class Retries {
  readonly #policy: RetryPolicy;
  readonly #giveBack: (chunk: Chunk) => void;
  /** Timers of items that wait for their next try, with the position of each item. */
  readonly #timers = new Map<NodeJS.Timeout, number>();

  constructor(policy: RetryPolicy, giveBack: (chunk: Chunk) => void) {
    this.#policy = policy;
    this.#giveBack = giveBack;
  }

  /** Number of items that wait for their next try. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Lowest position of the items that wait for their next try. */
  get firstWaiting(): number {
    return Math.min(...this.#timers.values());
  }

  /** Tries the item at offset `at` again, if the policy wants it. Throws what the user's functions throw. */
  retry(chunk: Chunk, at: number, error: TelarError): boolean {
    const { most, when, delay } = this.#policy;
    if (chunk.attempt > most || !when(error)) return false;
    const again = { ...sliceChunk(chunk, at, at + 1), attempt: chunk.attempt + 1 };
    const wait = delay(chunk.attempt);
    if (!(wait > 0)) {
      this.#giveBack(again);
      return true;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#giveBack(again);
    }, wait);
    this.#timers.set(timer, indexOf(again, 0));
    return true;
  }

  close(): void {
    for (const timer of this.#timers.keys()) clearTimeout(timer);
    this.#timers.clear();
  }
}
