import type { PlacedItem, PositionedReader } from '../../flow/source/positioned.ts';
import { AsyncSource } from '../../flow/source/async-source.ts';
import { Placeholder, NOTHING, type Source } from '../../flow/source/source.ts';
import { describeCanonically } from '../../journal/canonical.ts';
import { InputChanged } from '../../journal/input-changed.ts';
import { crc32 } from '../../journal/lines/crc.ts';
import type { ItemsPosition, SourcePosition } from '../position/position.ts';

/** Settings for what is to be known of what was taken of an input. */
export interface RootTracking {
  /** Whether somebody asks how far the input was behind each item. Otherwise only what was read in all is known. */
  readonly isLocated: boolean;
  /** Items that another run has read: the same have to come again. */
  readonly expected?: ItemsPosition | undefined;
  /** Reader of a source whose items know where they stood. */
  readonly reader?: PositionedReader<unknown> | undefined;
  /** Number of items of the source that were taken in other runs. `@defaultValue` 0 */
  readonly first?: number | undefined;
}

/** The input of a pipeline that can be told to end, or whose run can resume: it knows what was taken of it. */
export class RootSource implements Source {
  readonly #source: Source;
  readonly #tracking: RootTracking | undefined;
  #notify: () => void = () => {};
  /** Items that were read ahead when the source was told to end. */
  #rest: unknown[] | undefined;
  /** True once the source was told to end before the input had ended. */
  isCut = false;
  #wasWhole: boolean | undefined;

  #count = 0;
  #hash = 0;
  /** The hash behind each item that may still be asked for, the first behind item `#from`. */
  readonly #hashes: number[] = [0];
  #from = 0;
  /** Places of the items that may still be asked for, where items know where they stood. */
  readonly #places: unknown[] = [];

  constructor(source: Source, tracking: RootTracking | undefined) {
    this.#source = source;
    this.#tracking = tracking;
    this.#count = tracking?.first ?? 0;
    this.#from = this.#count;
    source.onReady(() => this.#notify());
  }

  get remaining(): number | undefined {
    return this.#rest === undefined ? this.#source.remaining : this.#rest.length;
  }

  get readAhead(): number {
    return this.#source.readAhead ?? 0;
  }

  set readAhead(count: number) {
    if (this.#rest === undefined && this.#source.readAhead !== undefined) this.#source.readAhead = count;
  }

  get isEnded(): boolean {
    return this.#rest === undefined ? this.#source.isEnded : this.#rest.length === 0;
  }

  /** Position behind all that was read; `undefined` where that cannot be read again. */
  get position(): ItemsPosition | undefined {
    if (this.#tracking?.reader !== undefined) return undefined;
    return { kind: 'items', items: this.#count, hash: this.#hash };
  }

  next(): unknown {
    if (this.#rest !== undefined && this.#rest.length === 0) return NOTHING;
    const taken = this.#rest === undefined ? this.#source.next() : this.#rest.shift();
    const item = this.#tracking?.reader === undefined ? taken : this.#unpack(taken);
    if (this.#tracking !== undefined && item !== NOTHING) this.#track(item, this.#tracking);
    return item;
  }

  onReady(listener: () => void): void {
    this.#notify = listener;
  }

  /** Whether the input came to its end by itself. */
  get isWhole(): boolean {
    return !this.isCut && (this.#wasWhole ?? this.#source.isEnded);
  }

  close(): Promise<void> {
    this.#wasWhole ??= this.#source.isEnded;
    this.#rest ??= [];
    this.#rest.length = 0;
    return this.#source.close();
  }

  /** Gives no further items but those that have left the user's iterator. */
  stop(): void {
    if (this.#rest !== undefined || this.#source.isEnded) return;
    this.isCut = true;
    const rest: unknown[] = [];
    if (this.#source instanceof AsyncSource) {
      const notify = this.#notify;
      this.#notify = () => {};
      this.#source.readAhead = 0;
      try {
        for (let item = this.#source.next(); item !== NOTHING; item = this.#source.next()) rest.push(item);
      } catch {
        // The source has failed where it was to end anyway.
      }
      this.#notify = notify;
    }
    this.#rest = rest;
    this.#notify();
  }

  /** Returns what the input has given when `count` items have been handed on. */
  readonly locate = (count: number): SourcePosition => {
    const reader = this.#tracking?.reader;
    if (reader !== undefined) {
      const at = reader.move(this.#places.splice(0, count - this.#from));
      this.#from = count;
      return { kind: 'place', items: count, at };
    }
    this.#hashes.splice(0, count - this.#from);
    this.#from = count;
    return { kind: 'items', items: count, hash: this.#hashes[0] as number };
  };

  /** Takes the items that were run another time, and rejects unless they are the same. */
  async skip({ items, hash }: ItemsPosition): Promise<void> {
    while (this.#count < items) {
      const item = this.next();
      if (item === NOTHING) {
        if (this.#source.isEnded)
          throw new InputChanged(`it ends at item ${this.#count}, before the ${items} of then`);
        await new Promise<void>((resolve) => (this.#notify = resolve));
      }
      // The pause lets the event loop turn, and `locate` drops what would be kept for each item.
      if (this.#count % 4096 === 0) await new Promise(setImmediate);
      if (this.#tracking?.isLocated === true) this.locate(this.#count);
    }
    if (this.#hash !== hash) throw new InputChanged(`its first ${items} items are not those of then`);
  }

  /** Rejects when something stands behind what was taken. */
  async assertEnded(): Promise<void> {
    while (!this.#source.isEnded) {
      const item = this.next();
      if (item !== NOTHING) throw new InputChanged(`it has more than the ${this.#count - 1} items of then`);
      if (!this.#source.isEnded) await new Promise<void>((resolve) => (this.#notify = resolve));
    }
  }

  #unpack(taken: unknown): unknown {
    if (taken === NOTHING || Placeholder.is(taken)) return taken;
    const { item, place } = taken as PlacedItem<unknown>;
    this.#places.push(place);
    return item;
  }

  #track(item: unknown, { isLocated, expected, reader }: RootTracking): void {
    this.#count++;
    if (reader !== undefined) return;
    // The reason of a promise that rejected does not count: it may reject in other words another time.
    this.#hash = crc32(Placeholder.is(item) ? '!' : describeCanonically(item), this.#hash);
    if (isLocated) this.#hashes.push(this.#hash);
    if (this.#count === expected?.items && this.#hash !== expected.hash) {
      throw new InputChanged(`its first ${this.#count} items are not those of then`);
    }
  }
}
