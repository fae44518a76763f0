/** What the documentation of `parallelMapIterable` promises. */
const FEWEST = 64;
const WINDOW = 50;
/** How far apart, in ms, the reader's progress is noted. */
const STEP = 1;
/** Looking at the clock for each item would slow down what is measured. */
const STRIDE = 16;

interface Mark {
  readonly time: number;
  readonly taken: number;
}

/** Watches how far a source is read ahead of its reader, against the bound. */
export class ReadAhead {
  /** The largest read-ahead, over the bound of that moment. */
  largest = 0;
  #pulled = 0;
  #taken = 0;
  readonly #marks: Mark[] = [{ time: performance.now(), taken: 0 }];
  #oldest = 0;

  /** An item has left the source. */
  pull(): void {
    this.#pulled++;
    if (this.#pulled % STRIDE !== 0) return;
    const bound = Math.max(FEWEST, this.#taken - this.#findTaken(performance.now() - WINDOW));
    this.largest = Math.max(this.largest, (this.#pulled - this.#taken) / bound);
  }

  /** The reader has taken a result. */
  take(): void {
    this.#taken++;
    if (this.#taken % STRIDE !== 0) return;
    const time = performance.now();
    const last = this.#marks.at(-1);
    if (last === undefined || time - last.time >= STEP) this.#marks.push({ time, taken: this.#taken });
  }

  /** How many had been taken at that time. */
  #findTaken(time: number): number {
    while ((this.#marks[this.#oldest + 1]?.time ?? Infinity) <= time) this.#oldest++;
    return this.#marks[this.#oldest]?.taken ?? 0;
  }
}
