import { createDeferred, type Deferred } from '../../async/deferred.ts';

/** The most results of a generator that wait to be taken. */
const LARGEST_HELD = 64;

/** Results of one call that wait to be taken. */
export class HeldResults {
  /** Number of results that were taken. */
  taken = 0;
  #results: unknown[] = [];
  #drained: Deferred<void> | undefined;

  get isEmpty(): boolean {
    return this.#results.length === 0;
  }

  add(result: unknown): void {
    this.#results.push(result);
  }

  /** Moves the results so far to `results`. */
  take(results: unknown[]): void {
    if (this.isEmpty) return;
    for (const result of this.#results) results.push(result);
    this.taken += this.#results.length;
    this.#results = [];
    this.release();
  }

  /** Returns what to wait for where so many results wait that no more are to come; `undefined` otherwise. */
  awaitRoom(): Promise<void> | undefined {
    if (this.#results.length < LARGEST_HELD) return undefined;
    this.#drained = createDeferred();
    return this.#drained.promise;
  }

  /** Ends the wait for room. */
  release(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}
