/** No more than `limit` starts in any stretch of `interval` ms. */
export class Pace {
  readonly #limit: number;
  readonly #interval: number;
  /** When the last starts were, oldest first. */
  readonly #starts: number[] = [];

  constructor(limit: number, interval: number) {
    this.#limit = limit;
    this.#interval = interval;
  }

  /** Milliseconds until the next start may be; 0 for now. */
  look(now: number = performance.now()): number {
    if (this.#starts.length < this.#limit) return 0;
    return Math.max(0, (this.#starts[0] as number) + this.#interval - now);
  }

  /** Something has started. */
  take(now: number = performance.now()): void {
    if (this.#starts.length >= this.#limit) this.#starts.shift();
    this.#starts.push(now);
  }
}
