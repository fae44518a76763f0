import type { PlacedItem, PositionedReader } from '../../flow/source/positioned.ts';
import { NOTHING, Placeholder } from '../../flow/source/source.ts';
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

/** Knows how far an input was read behind each item that was taken of it, by its hash or by the item's own place. */
export class TakenItems {
  readonly #tracking: RootTracking | undefined;
  /** Number of items that were taken; `hash` is that of all of them. */
  count: number;
  #hash = 0;
  /** The hash behind each item that may still be asked for, the first behind item `#from`. */
  readonly #hashes: number[] = [0];
  #from: number;
  /** Places of the items that may still be asked for, where items know where they stood. */
  readonly #places: unknown[] = [];

  constructor(tracking: RootTracking | undefined) {
    this.#tracking = tracking;
    this.count = tracking?.first ?? 0;
    this.#from = this.count;
  }

  /** Position behind all that was taken; `undefined` where that cannot be read again. */
  get position(): ItemsPosition | undefined {
    if (this.#tracking?.reader !== undefined) return undefined;
    return { kind: 'items', items: this.count, hash: this.#hash };
  }

  /** Takes in what the source has given, and returns the item itself. Throws where another was expected. */
  add(taken: unknown): unknown {
    const tracking = this.#tracking;
    if (taken === NOTHING || tracking === undefined) return taken;
    this.count++;
    if (tracking.reader === undefined) this.#addHash(taken, tracking);
    if (tracking.reader === undefined || Placeholder.is(taken)) return taken;
    const { item, place } = taken as PlacedItem<unknown>;
    this.#places.push(place);
    return item;
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

  /** Drops what is kept for single items, of which nobody will ask. */
  forget(): void {
    if (this.#tracking?.isLocated === true) this.locate(this.count);
  }

  /** Throws unless all that was taken is what another run has taken. */
  assertSame({ items, hash }: ItemsPosition): void {
    if (this.#hash !== hash) throw new InputChanged(`its first ${items} items are not those of then`);
  }

  #addHash(item: unknown, { isLocated, expected }: RootTracking): void {
    // The reason of a promise that rejected does not count: it may reject in other words another time.
    this.#hash = crc32(Placeholder.is(item) ? '!' : describeCanonically(item), this.#hash);
    if (isLocated) this.#hashes.push(this.#hash);
    if (this.count === expected?.items) this.assertSame(expected);
  }
}
