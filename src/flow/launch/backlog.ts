import type { Run } from '../run/run.ts';
import { Window } from './window.ts';

/** The most bytes of results that wait to be taken. */
const LARGEST_HELD = 32 * 1024 * 1024;

/** Results of a run that wait to be taken, as far as they decide how far its source is read. */
export class Backlog {
  readonly #window: Window;
  #heldBytes = 0;
  #run: Run | undefined;

  /** @param window - Limit of the items that are on their way. */
  constructor(window: Window) {
    this.#window = window;
  }

  /** Takes in the run, of which nothing leaves the source before that. */
  attach(run: Run): void {
    this.#run = run;
  }

  /** Returns how many more items may leave the source. */
  room(): number {
    const run = this.#run;
    if (run === undefined) return 0;
    return this.#window.room(run.supply.pulled, this.#heldBytes + run.heldBytes > LARGEST_HELD);
  }

  /** Notes that results were delivered. */
  add(bytes: number): void {
    this.#heldBytes += bytes;
  }

  /** Notes that these bytes wait no more. */
  release(bytes: number): void {
    this.#heldBytes -= bytes;
  }

  /** Notes that the results of some items were taken, and wakes the run where it waits for that. */
  take(items: number): void {
    if (this.#window.take(items)) this.#run?.wake();
  }
}
