/** Number of items that the documentation of `parallelMapIterable` promises. */
const FEWEST = 64;
const WINDOW = 50;
/** Milliseconds between two notes of the reader's progress. */
const STEP = 1;
/** Looking at the clock for each item would slow down what is measured. */
const STRIDE = 16;

/** The read-ahead is counted in steps of this, over its bound, … */
const PRECISION = 0.01;
const STEPS = 10_000;
/** … and this share of what was seen is left out: moments after the machine had stopped the whole thread. */
const LEFT_OUT = 0.001;

interface Mark {
  readonly time: number;
  readonly taken: number;
}

/** Watches how far a source is read ahead of its reader, against the bound. */
export class ReadAhead {
  readonly #seen = new Uint32Array(STEPS);
  #pulled = 0;
  #taken = 0;
  readonly #marks: Mark[] = [{ time: performance.now(), taken: 0 }];
  #oldest = 0;

  /** An item has left the source. */
  pull(): void {
    this.#pulled++;
    if (this.#pulled % STRIDE !== 0) return;
    const bound = Math.max(FEWEST, this.#taken - this.#findTaken(performance.now() - WINDOW));
    const step = Math.min(STEPS - 1, Math.floor((this.#pulled - this.#taken) / bound / PRECISION));
    this.#seen[step] = (this.#seen[step] as number) + 1;
  }

  /** The reader has taken a result. */
  take(): void {
    this.#taken++;
    if (this.#taken % STRIDE !== 0) return;
    const time = performance.now();
    const last = this.#marks.at(-1);
    if (last === undefined || time - last.time >= STEP) this.#marks.push({ time, taken: this.#taken });
  }

  /** The largest read-ahead, over the bound of its moment. */
  get largest(): number {
    let left = LEFT_OUT * this.#seen.reduce((sum, count) => sum + count, 0);
    for (let step = STEPS - 1; step > 0; step--) {
      left -= this.#seen[step] as number;
      if (left < 0) return step * PRECISION;
    }
    return 0;
  }

  /** Finds how many had been taken at that time. */
  #findTaken(time: number): number {
    while ((this.#marks[this.#oldest + 1]?.time ?? Infinity) <= time) this.#oldest++;
    return this.#marks[this.#oldest]?.taken ?? 0;
  }
}
