import { Pacer } from '../../item/pacer.ts';
import { readDelay } from './read-delay.ts';

/**
 * Time in ms after which a block is left to others: ten times what it should take, as most take longer on a busy
 * machine.
 */
const LONGEST_BLOCK = 200;
/**
 * The most records between looks at the clock: records behind quick ones may take a thousand times as long. A look
 * costs 10 ns for each record.
 */
const LONGEST_LOOK = 8;
/** More records than there are between looks: no infinity, which would make V8 hold all numbers of records as floats. */
const ANY_LOOK = 2 ** 20;

// `min` is taken now, since tasks may replace it.
const { min } = Math;
const now = performance.now.bind(performance);

/** Milliseconds between two blocks for which the delay is not read again, which takes longer than a look at the clock. */
const SHORT_BREAK = 1;

/** Says when a block takes too long. The time for which this thread had no core does not count. */
export class BlockPacer {
  /** Milliseconds for which this thread had no core while it was at the blocks of a chunk. */
  delay = 0;
  /** Number of the record before which the clock is to be looked at. */
  nextLook = 0;
  readonly #longestLook: number;
  #pacer = new Pacer();
  #delayBefore = 0;
  /** Time at which the delay was read last, as a block ended. */
  #ended = -Infinity;

  /** @param isRun - Whether something is done with the records, which may take long. */
  constructor(isRun: boolean) {
    this.#longestLook = isRun ? LONGEST_LOOK : ANY_LOOK;
  }

  /** Begins a block. */
  begin(): void {
    if (now() - this.#ended > SHORT_BREAK) this.#delayBefore = readDelay();
    this.#ended = -Infinity;
    this.#pacer = new Pacer(LONGEST_BLOCK);
    this.nextLook = 1;
  }

  /** Ends a block. */
  end(): void {
    this.#addDelay();
    this.#ended = now();
  }

  /** Tells whether the clock is to be looked at before a record, given its number. */
  isDue(record: number): boolean {
    return record >= this.nextLook;
  }

  /** Makes the next record look at the clock. */
  lookNext(): void {
    this.nextLook = 0;
  }

  /** Looks at the clock before a record; returns whether the block has taken too long. */
  isOver(record: number): boolean {
    const isOver = this.#pacer.isOver() && !this.#wasHeldUp();
    this.nextLook = record + min(this.#pacer.stride, this.#longestLook);
    return isOver;
  }

  /** Gives the block as much time more as this thread had no core; returns whether that is worth to go on. */
  #wasHeldUp(): boolean {
    const delay = this.#addDelay();
    if (delay < LONGEST_BLOCK / 2) return false;
    this.#pacer = new Pacer(delay);
    return true;
  }

  /** Counts the delay since this was asked last, and returns it. */
  #addDelay(): number {
    const now = readDelay();
    const delay = now - this.#delayBefore;
    this.#delayBefore = now;
    this.delay += delay;
    return delay;
  }
}
