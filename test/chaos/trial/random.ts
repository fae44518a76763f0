/** Pseudo-random choices that a seed repeats (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0 up to 1, without it. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from 0, below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  /** `count` different whole numbers below `end`, in no order. */
  sample(count: number, end: number): number[] {
    const numbers = Array.from({ length: end }, (_, position) => position);
    for (let at = 0; at < count; at++) {
      const other = at + this.below(end - at);
      [numbers[at], numbers[other]] = [numbers[other] as number, numbers[at] as number];
    }
    return numbers.slice(0, count);
  }
}
