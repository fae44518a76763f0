import { readDelay } from './read-delay.ts';

/**
 * Time in ms after which a block is left to others: ten times what it should take, as most take longer on a busy
 * machine.
 */
const LONGEST_BLOCK = 200;
/** Time in ms between looks at the clock, for as many records as these take no longer. */
const LOOK_AFTER = 0.2;
/**
 * The most records between looks at the clock: records behind quick ones may take a thousand times as long, unless nothing
 * is done with them. A look costs 10 ns for each record.
 */
const LONGEST_LOOK = 8;
const LONGEST_UNRUN_LOOK = 1024;

// `min` is taken now, since tasks may replace it.
const { min } = Math;
const now = performance.now.bind(performance);

/** Milliseconds between two blocks for which the delay is not read again, which takes longer than a look at the clock. */
const SHORT_BREAK = 1;

/**
 * Says when a block takes too long. The time for which this thread had no core does not count. A look is one function,
 * since V8 compiles each that is called often, and once more with those that call it.
 */
export class BlockPacer {
  /** Milliseconds for which this thread had no core while it was at the blocks of a chunk. */
  delay = 0;
  /** Number of the record before which the clock is to be looked at. */
  nextLook = 0;
  readonly #mostStride: number;
  /** Number of records between two looks. */
  #stride = 1;
  /** Time at which the block began, or began anew, and for which it may run from then on. */
  #began = 0;
  #longest = LONGEST_BLOCK;
  #looked = 0;
  #delayBefore = 0;
  /** Time at which the delay was read last, as a block ended. */
  #ended = -Infinity;

  /** @param isRun - Whether something is done with the records, which may take long. */
  constructor(isRun: boolean) {
    this.#mostStride = isRun ? LONGEST_LOOK : LONGEST_UNRUN_LOOK;
  }

  /** Begins a block. */
  begin(): void {
    if (now() - this.#ended > SHORT_BREAK) this.#delayBefore = readDelay();
    this.#ended = -Infinity;
    this.#restart(LONGEST_BLOCK);
    this.nextLook = 1;
  }

  /** Ends a block. */
  end(): void {
    this.#addDelay();
    this.#ended = now();
  }

  /** Looks at the clock before a record, given its number; returns whether the block has taken too long. */
  isOver(record: number): boolean {
    const time = now();
    const isOver = time - this.#began > this.#longest && !this.#wasHeldUp();
    const since = time - this.#looked;
    if (since < LOOK_AFTER) this.#stride = min(this.#stride * 2, this.#mostStride);
    else if (since > 5 * LOOK_AFTER) this.#stride = 1;
    this.#looked = time;
    this.nextLook = record + this.#stride;
    return isOver;
  }

  #restart(longest: number): void {
    this.#began = this.#looked = now();
    this.#longest = longest;
    this.#stride = 1;
  }

  /** Gives the block as much time more as this thread had no core; returns whether that is worth to go on. */
  #wasHeldUp(): boolean {
    const delay = this.#addDelay();
    if (delay < LONGEST_BLOCK / 2) return false;
    this.#restart(delay);
    return true;
  }

  /** Counts the delay since this was asked last, and returns it. */
  #addDelay(): number {
    const delayNow = readDelay();
    const delay = delayNow - this.#delayBefore;
    this.#delayBefore = delayNow;
    this.delay += delay;
    return delay;
  }
}
