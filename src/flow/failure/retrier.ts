import type { TelarError } from '../../errors.ts';
import type { RetryPolicy } from '../../options.ts';
import { type Chunk, sliceChunk } from '../chunk/chunk.ts';

/** Gives failed items another try: now, or after the delay that the caller asked for. */
export class Retrier {
  readonly #policy: RetryPolicy;
  readonly #giveBack: (chunk: Chunk) => void;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(policy: RetryPolicy, giveBack: (chunk: Chunk) => void) {
    this.#policy = policy;
    this.#giveBack = giveBack;
  }

  /** Items that wait for their next try. */
  get waiting(): number {
    return this.#timers.size;
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
    this.#timers.add(timer);
    return true;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
