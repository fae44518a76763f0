import { isThenable } from '../../async/iterator-step.ts';
import { JournalError } from '../../errors/journal-error.ts';
import { PromiseSource } from '../source/promise-source.ts';
import { NOTHING, READ_AHEAD, type Source } from '../source/source.ts';
import { ReplayQueue } from './replay-queue.ts';
import { InputRange, type InputRangeRecord } from './input-range.ts';

/** An input that was read before, as its journal recorded it. */
export interface RecalledItems {
  /** Ranges of the input that were read, in order. */
  readonly ranges: readonly InputRangeRecord[];
  /** Number of items that the input had, if it was read to its end. */
  readonly total: number | undefined;
  /** Tells whether the item that is pulled at a position has its outcome. */
  has(position: number): boolean;
  /** Puts the outcomes of `count` known items from position `from` on in their places. */
  settle(from: number, count: number): void;
}

/**
 * A source that reads an input for the second time: items whose outcomes are known are pulled, compared with what they
 * were, and not run. It also records what it reads, range by range, for the next time.
 */
export class JournalSource implements Source {
  readAhead: number = READ_AHEAD;
  #inner: Source;
  readonly #path: string;
  #recalled: RecalledItems | undefined;
  #rangeAt = 0;
  /** Number of items that have left the inner source. */
  #position = 0;
  /** Items of a recalled range that is not complete yet. */
  #items: unknown[] = [];
  readonly #ready = new ReplayQueue();
  /** Range of the items that were read since the last one was cut. */
  #range = new InputRange(0);
  #notify: () => void = () => {};

  constructor(inner: Source, path: string) {
    this.#inner = inner;
    this.#path = path;
  }

  get remaining(): number | undefined {
    const { remaining } = this.#inner;
    return remaining === undefined ? undefined : remaining + this.#items.length + this.#ready.count;
  }

  get isEnded(): boolean {
    return this.#ready.isEmpty && this.#nextRange === undefined && this.#inner.isEnded;
  }

  /** Takes in what the journal holds, before the first item is pulled. */
  recall(recalled: RecalledItems): void {
    this.#recalled = recalled;
  }

  next(): unknown {
    if (this.#ready.isEmpty && this.#nextRange !== undefined) this.#readRange();
    if (!this.#ready.isEmpty) return this.#ready.take(this.#notify);
    if (this.#nextRange !== undefined) return NOTHING;
    const item = this.#pull();
    if (item === NOTHING) return NOTHING;
    if (this.#recalled?.total !== undefined && this.#position > this.#recalled.total) {
      throw this.#describeChange(`it has more than the ${this.#recalled.total} items of then`);
    }
    this.#range.add(item);
    return item;
  }

  onReady(listener: () => void): void {
    this.#notify = listener;
    this.#inner.onReady(listener);
  }

  async close(): Promise<void> {
    this.#ready.clear();
    this.#items.length = 0;
    await this.#inner.close();
  }

  /** Returns a record of the items that were read since the last call; `undefined` if there were none. */
  cut(): InputRangeRecord | undefined {
    if (this.#range.count === 0) return undefined;
    const record = this.#range.describe();
    this.#range = new InputRange(record.from + record.count);
    return record;
  }

  get #nextRange(): InputRangeRecord | undefined {
    return this.#recalled?.ranges[this.#rangeAt];
  }

  #pull(): unknown {
    this.#inner.readAhead = this.readAhead;
    let item = this.#inner.next();
    if (typeof item === 'object' && isThenable(item)) {
      // From the first promise on, items wait for their turn.
      this.#inner = new PromiseSource(this.#inner, item);
      this.#inner.onReady(this.#notify);
      item = this.#inner.next();
    }
    if (item !== NOTHING) this.#position++;
    return item;
  }

  /** Reads a range of a recalled input again, and compares it before any of its items counts. */
  #readRange(): void {
    const record = this.#nextRange as InputRangeRecord;
    while (this.#items.length < record.count) {
      const item = this.#pull();
      if (item === NOTHING) {
        if (!this.#inner.isEnded) return;
        throw this.#describeChange(
          `it ends at item ${this.#position}, before the ${record.from + record.count} of then`,
        );
      }
      this.#items.push(item);
    }
    const found = new InputRange(record.from);
    for (const item of this.#items) found.add(item);
    if (found.describe().hash !== record.hash) {
      throw this.#describeChange(
        `items ${record.from} to ${record.from + record.count - 1} are not those of then`,
      );
    }
    this.#rangeAt++;
    this.#ready.add(this.#items, record.from, this.#recalled as RecalledItems);
    this.#items = [];
    if (this.#nextRange === undefined) this.#range = new InputRange(this.#position);
  }

  #describeChange(how: string): JournalError {
    return new JournalError(
      `The input has changed since the journal ${this.#path} was written: ${how}. ` +
        `Start over with { path, onMismatch: 'restart' } and another journal, or give the same input.`,
      { path: this.#path, reason: 'mismatch', changed: ['input'] },
    );
  }
}
