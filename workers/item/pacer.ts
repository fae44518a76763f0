/** Time in ms after which a chunk gives back what it has not begun. Chunks aim at a fifth of that time. */
const LONGEST = 100;
/** Bytes of results after which a chunk gives back the rest: the message that carries them holds up both threads. */
export const LARGEST_ANSWER: number = 4 * 1024 * 1024;
/** Time in ms between looks at the clock: a look costs 60–90 ns, so short items look only now and then. */
const LOOK_AFTER = 0.2;
const LONGEST_STRIDE = 1024;

// These functions are taken now, since tasks may replace them.
const now = performance.now.bind(performance);
const { min } = Math;

/** Says when a running chunk is over although items are left. */
export class Pacer {
  /** Number of items that run between two looks at the clock. */
  stride = 1;
  readonly #start: number = now();
  #looked: number = this.#start;
  readonly #longest: number;
  readonly #mostStride: number;

  /**
   * @param longest - Time that the chunk may run, in ms.
   * @param mostStride - The most items that may run between two looks.
   */
  constructor(longest: number = LONGEST, mostStride: number = LONGEST_STRIDE) {
    this.#longest = longest;
    this.#mostStride = mostStride;
  }

  /** Looks at the clock, after each stretch of `stride` items. */
  isOver(): boolean {
    const time = now();
    if (time - this.#start > this.#longest) return true;
    const since = time - this.#looked;
    if (since < LOOK_AFTER) this.stride = min(this.stride * 2, this.#mostStride);
    else if (since > 5 * LOOK_AFTER) this.stride = 1;
    this.#looked = time;
    return false;
  }

  /** Milliseconds since the chunk began. */
  get elapsed(): number {
    return now() - this.#start;
  }
}
