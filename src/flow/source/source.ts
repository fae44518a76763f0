import { assertIterator, assertStep, isLast } from '../../async/iterator-step.ts';
import type { TypedArray } from '../../wire/pack/pack.ts';

/**
 * Number of items that an asynchronous source is read ahead of the workers, at the least, and of promises that are
 * awaited side by side.
 */
export const READ_AHEAD = 64;

/** Returned by a source that has nothing at hand: it has ended, or has to be waited for. */
export const NOTHING: unique symbol = Symbol('nothing');

/** Placeholder that a source gives for items that need not run. */
export class Placeholder {
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  /**
   * Tells whether a value is a `Placeholder`. Unlike `instanceof`, which asks for a prototype, this cannot throw: an item
   * may be a proxy.
   */
  static is(value: unknown): value is Placeholder {
    return typeof value === 'object' && value !== null && #count in value;
  }

  /** Number of items that this stands for. */
  get count(): number {
    return this.#count;
  }
}

/** Placeholder for an item that could not be had: a promise among the items that rejected. */
export class FailedPlaceholder extends Placeholder {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super(1);
    this.thrown = thrown;
  }
}

/** Placeholder for items whose outcomes are known from an earlier run. */
export class SettledPlaceholder extends Placeholder {
  /** Puts the outcomes of these items in their places. */
  readonly settle: () => void;

  constructor(count: number, settle: () => void) {
    super(count);
    this.settle = settle;
  }
}

/**
 * Gives the items of a call, whatever form the input has. Items are pulled, never pushed: one leaves the user's
 * iterator when a worker, or the read-ahead of an asynchronous source, has room for it.
 */
export interface Source {
  /** Number of items that are left, if that is known. */
  readonly remaining: number | undefined;
  /** Number of items that the source may hold before they are asked for. Sources that hold none ignore it. */
  readAhead?: number;
  /** Whether `next` will never give an item again. */
  readonly isEnded: boolean;
  /** Returns the next item, a `Placeholder`, or `NOTHING`. Throws what the user's iterator throws. */
  next(): unknown;
  /** Sets the listener that is told when items may be at hand after `NOTHING`. */
  onReady(listener: () => void): void;
  /** Closes the user's iterator if it has not ended. Never rejects before the iterator has been told. */
  close(): Promise<void>;
}

/** A source of elements that need no packing. */
export interface ElementSource extends Source {
  takeElements(count: number): TypedArray;
}

/**
 * An array as a source, in its own order or in a given one. It has the items that it has at first: a source that has
 * ended never gives another, so one that is pushed later comes too late, as it does for `Array.prototype.map`. Holes
 * are `undefined`, as in a loop.
 */
export class ArraySource implements Source {
  readonly #items: ArrayLike<unknown>;
  readonly #length: number;
  readonly #order: Float64Array | undefined;
  #position = 0;

  constructor(items: ArrayLike<unknown>, order?: Float64Array) {
    this.#items = items;
    this.#length = order?.length ?? items.length;
    this.#order = order;
  }

  get remaining(): number {
    return this.#length - this.#position;
  }

  get isEnded(): boolean {
    return this.#position >= this.#length;
  }

  next(): unknown {
    if (this.#position >= this.#length) return NOTHING;
    const position = this.#position++;
    const index = this.#order === undefined ? position : (this.#order[position] as number);
    if (index >= this.#items.length) throw describeLoss(this.#length, this.#items.length);
    return this.#items[index];
  }

  /**
   * Takes numbers into memory, from a place in it on, as far as items are numbers. Returns how much of the memory is
   * full then. A loop of its own costs a third of what a call of `next` for each number does.
   */
  takeNumbers(into: Float64Array, from: number): number {
    if (this.#order !== undefined) return from;
    const items = this.#items;
    const start = this.#position;
    const most = Math.min(into.length - from, this.remaining);
    let taken = 0;
    for (; taken < most; taken++) {
      const item = items[start + taken];
      if (typeof item !== 'number') break;
      into[from + taken] = item;
    }
    this.#position = start + taken;
    return from + taken;
  }

  onReady(): void {}

  close(): Promise<void> {
    this.#position = this.#length;
    return Promise.resolve();
  }
}

/** A typed array as a source, whose chunks are views of the array. It has the elements that it has at first. */
export class TypedArraySource implements ElementSource {
  readonly #elements: TypedArray;
  readonly #length: number;
  #position = 0;

  constructor(elements: TypedArray) {
    this.#elements = elements;
    this.#length = elements.length;
  }

  get remaining(): number {
    return this.#length - this.#position;
  }

  get isEnded(): boolean {
    return this.#position >= this.#length;
  }

  next(): unknown {
    if (this.isEnded) return NOTHING;
    this.#assertWhole();
    return this.#elements[this.#position++];
  }

  takeElements(count: number): TypedArray {
    this.#assertWhole();
    const from = this.#position;
    this.#position = Math.min(from + count, this.#length);
    return this.#elements.subarray(from, this.#position);
  }

  onReady(): void {}

  close(): Promise<void> {
    this.#position = this.#length;
    return Promise.resolve();
  }

  /** Throws where the buffer was resized, or handed over. */
  #assertWhole(): void {
    const { length } = this.#elements;
    if (length < this.#length) throw describeLoss(this.#length, length);
  }
}

function describeLoss(before: number, now: number): TypeError {
  return new TypeError(
    `Expected the input to keep the ${before} items that it had at the call, and it has ${now} now. ` +
      'Pass a copy of what changes while the call runs: `input.slice()`.',
  );
}

/** Any iterable as a source, pulled item by item. */
export class IteratorSource implements Source {
  readonly remaining: undefined;
  readonly #iterator: Iterator<unknown>;
  #isEnded = false;
  #isPulling = false;

  constructor(iterable: Iterable<unknown>) {
    this.#iterator = assertIterator(iterable[Symbol.iterator]());
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  next(): unknown {
    if (this.#isEnded) return NOTHING;
    let step: IteratorResult<unknown>;
    let hasEnded: boolean;
    this.#isPulling = true;
    try {
      step = this.#iterator.next();
      if (typeof step !== 'object' || step === null) assertStep(step);
      hasEnded = isLast(step);
    } catch (thrown) {
      // An iterator that threw is finished: it must not be closed.
      this.#isEnded = true;
      this.#isPulling = false;
      throw thrown;
    }
    this.#isPulling = false;
    if (!hasEnded) {
      if (!this.#isEnded) return step.value;
      // The iterator was closed while it ran, for instance by an abort of its own.
      this.#iterator.return?.();
    }
    this.#isEnded = true;
    return NOTHING;
  }

  onReady(): void {}

  async close(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // A generator that runs cannot be closed, so `next` closes it.
    if (!this.#isPulling) this.#iterator.return?.();
  }
}
