import { READ_AHEAD } from '../source/source.ts';

/**
 * Milliseconds of reading that are read ahead: as many items as the reader took in them may be on their way at once.
 */
const WINDOW = 50;

/**
 * Limits how far a source is read ahead of whoever takes the results: no further than they are likely to be taken soon.
 */
export class Window {
  /** Number of items that are behind the reader. */
  taken: number;
  #wakeAt = Infinity;
  readonly #samples: { readonly time: number; readonly taken: number }[] = [];
  readonly #most: (() => number) | undefined;

  /**
   * @param most - Returns the most items that may be on their way, where they are large.
   * @param first - The position of the first item.
   */
  constructor(most?: () => number, first = 0) {
    this.#most = most;
    this.taken = first;
  }

  /** Returns how many more items may leave the source, of which `pulled` have. */
  room(pulled: number, isFull: boolean): number {
    const size = this.#choose();
    const ahead = pulled - this.taken;
    // Small room is no room: chunks of a few items would cost more than they bring.
    if (isFull || size - ahead < Math.min(size / 4, ahead)) {
      this.#wakeAt = this.taken + Math.max(1, Math.min(ahead, Math.floor(size / 4)));
      return 0;
    }
    this.#wakeAt = Infinity;
    return size - ahead;
  }

  /** Notes that items are behind the reader. Returns whether the source was waiting for that. */
  take(count: number): boolean {
    this.taken += count;
    if (this.taken < this.#wakeAt) return false;
    this.#wakeAt = Infinity;
    return true;
  }

  #choose(): number {
    if (this.#most !== undefined) return this.#most();
    const time = performance.now();
    const samples = this.#samples;
    const last = samples.at(-1);
    if (last === undefined || time - last.time > WINDOW / 10) samples.push({ time, taken: this.taken });
    while ((samples[0]?.time ?? time) < time - WINDOW) samples.shift();
    return Math.max(READ_AHEAD, this.taken - (samples[0]?.taken ?? this.taken));
  }
}
