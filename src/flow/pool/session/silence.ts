/** Most milliseconds between two looks that count: while this thread was held up, nothing could be heard. */
const LONGEST_STEP = 250;

/**
 * Measures for how long a worker has owed what takes it no time: to begin what it was sent, to answer it, or to end.
 */
export class Silence {
  #owed: unknown;
  #lookedAt = 0;
  #length = 0;

  /**
   * Looks once more at what the worker owes.
   *
   * @param owed - What the worker owes now, `undefined` when that is nothing.
   * @returns For how many ms it has been the same at each look.
   */
  measure(owed: unknown, now: number): number {
    if (owed === undefined || owed !== this.#owed) this.#length = 0;
    else this.#length += Math.min(now - this.#lookedAt, LONGEST_STEP);
    this.#owed = owed;
    this.#lookedAt = now;
    return this.#length;
  }
}
