/** A chunk that has run this long, in ms, gives back what it has not begun. Chunks aim at a fifth of it. */
const LONGEST = 100;
/** The same for what its results take, in bytes: the message that carries them holds up both threads. */
export const LARGEST_ANSWER: number = 4 * 1024 * 1024;
/** Looking at the clock costs 60–90 ns, so short items look only now and then. */
const LOOK_AFTER = 0.2;
const LONGEST_STRIDE = 1024;

/** Says when a running chunk is over although items are left. */
export class Pacer {
  /** How many items run between two looks at the clock. */
  stride = 1;
  readonly #start: number = performance.now();
  #looked: number = this.#start;

  /** Looks at the clock, after each stretch of `stride` items. */
  isOver(): boolean {
    const now = performance.now();
    if (now - this.#start > LONGEST) return true;
    const since = now - this.#looked;
    if (since < LOOK_AFTER) this.stride = Math.min(this.stride * 2, LONGEST_STRIDE);
    else if (since > 5 * LOOK_AFTER) this.stride = 1;
    this.#looked = now;
    return false;
  }

  /** Milliseconds since the chunk began. */
  get elapsed(): number {
    return performance.now() - this.#start;
  }
}
