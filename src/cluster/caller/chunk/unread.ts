/** Milliseconds for which outcomes are waited for whose blobs cannot be read, until their items run again. */
const PATIENCE = 10_000;

/** Outcomes that the broker has, and whose blobs cannot be read: these are away for a moment, or were deleted. */
export class Unread {
  readonly #limit: number;
  readonly #failures = new Map<number, { readonly since: number; hasRunAgain: boolean }>();

  /** @param limit - Milliseconds for which the outcomes of a chunk are waited for, running again included. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Notes that the outcomes of a chunk could not be read. Throws the reason where that is so for too long. */
  note(number: number, reason: unknown): void {
    const known = this.#failures.get(number);
    if (known === undefined) this.#failures.set(number, { since: performance.now(), hasRunAgain: false });
    else if (performance.now() - known.since >= this.#limit) throw reason;
  }

  forget(number: number): void {
    this.#failures.delete(number);
  }

  has(number: number): boolean {
    return this.#failures.has(number);
  }

  /** Tells whether the outcomes of a chunk are waited for. If not, the chunk may run again, which it does once. */
  waits(number: number): boolean {
    const known = this.#failures.get(number);
    if (known === undefined) return false;
    if (known.hasRunAgain || performance.now() - known.since < PATIENCE) return true;
    known.hasRunAgain = true;
    return false;
  }
}
