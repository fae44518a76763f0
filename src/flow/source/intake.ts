import { isThenable } from '../../async/iterator-step.ts';
import type { TypedArray } from '../../wire/pack/pack.ts';
import { PromiseSource } from './promise-source.ts';
import { ArraySource, NOTHING, type Source, TypedArraySource } from './source.ts';

/** Takes the items out of a source: promises among them wait for their turn, and a failure comes behind the items. */
export class Intake {
  #source: Source;
  readonly #onReady: () => void;
  /** The value that the user's iterator threw, behind the items that it gave. */
  #broken: { readonly thrown: unknown } | undefined;

  /** @param onReady - Called when items may be at hand after `NOTHING`. */
  constructor(source: Source, onReady: () => void) {
    this.#source = source;
    this.#onReady = onReady;
    source.onReady(onReady);
  }

  /** Number of items that are left, if that is known. */
  get remaining(): number | undefined {
    return this.#source.remaining;
  }

  /** Whether neither an item nor a failure will come. */
  get isEnded(): boolean {
    return this.#source.isEnded && this.#broken === undefined;
  }

  /** Limits the items that the source may hold before they are asked for. */
  set readAhead(most: number) {
    this.#source.readAhead = most;
  }

  /** Returns the next item, or a placeholder; `NOTHING` also where the source has failed. */
  next(): unknown {
    try {
      const item = this.#source.next();
      if (typeof item !== 'object' || !isThenable(item)) return item;
      // From the first promise on, items wait for their turn.
      this.#source = new PromiseSource(this.#source, item);
      this.#source.onReady(this.#onReady);
      return this.#source.next();
    } catch (thrown) {
      this.#break(thrown);
      return NOTHING;
    }
  }

  /** Notes a failure of the source, behind the items that it gave, which still run. */
  #break(thrown: unknown): void {
    this.#broken = { thrown };
    // An iterator has ended by its failure; an array would go on behind it.
    const isArray = this.#source instanceof ArraySource || this.#source instanceof TypedArraySource;
    if (isArray) void this.#source.close();
  }

  /** Takes numbers out of an array, as far as they are its next items; see `ArraySource#takeNumbers`. */
  takeNumbers(into: Float64Array, from: number): number {
    if (!(this.#source instanceof ArraySource)) return from;
    try {
      return this.#source.takeNumbers(into, from);
    } catch {
      // Nothing is taken then: `next` meets the failure when its turn comes.
      return from;
    }
  }

  /** Takes elements of a typed array as they lie there; `undefined` for all other sources. */
  takeElements(count: number): TypedArray | undefined {
    if (!(this.#source instanceof TypedArraySource)) return undefined;
    try {
      return this.#source.takeElements(count);
    } catch (thrown) {
      this.#break(thrown);
      return undefined;
    }
  }

  /** Throws what the user's iterator threw, once. */
  throwFailure(): void {
    if (this.#broken === undefined) return;
    const { thrown } = this.#broken;
    this.#broken = undefined;
    throw thrown;
  }

  /** Closes the user's iterator, if it has not ended. */
  close(): Promise<void> {
    return this.#source.close();
  }
}
