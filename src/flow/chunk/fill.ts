import { copyElements, FEWEST_PACKED } from '../../wire/pack/pack.ts';
import { SizeSampler } from '../../wire/pack/size.ts';
import type { Intake } from '../source/intake.ts';
import { NOTHING, Placeholder } from '../source/source.ts';
import type { Chunk, Items } from './chunk.ts';
import { LARGEST_MESSAGE } from './sizing.ts';

/** Items that were taken for one chunk, and the placeholder that ended them, whose turn is behind them. */
export interface Filled {
  readonly items: Items;
  /** Whether nobody else refers to the memory of the items. */
  readonly isSole: boolean;
  readonly placeholder: Placeholder | undefined;
}

/** Fills chunks with items in input order, numbers straight into the memory that will carry them. */
export class ChunkFill {
  readonly #intake: Intake;
  readonly #settle: (placeholder: Placeholder) => void;
  /** Memory of chunks that are done. New memory for each would be tens of MB of garbage before V8 collects it. */
  readonly #spare: Float64Array[] = [];
  readonly #sizes = new SizeSampler();

  /** @param settle - Settles a placeholder before the items of a chunk. */
  constructor(intake: Intake, settle: (placeholder: Placeholder) => void) {
    this.#intake = intake;
    this.#settle = settle;
  }

  /** Takes up to `count` items, as far as they are at hand. */
  take(count: number): Filled {
    const first = this.#intake.next();
    // A few numbers cross sooner as they are than in a buffer that is handed over.
    return typeof first === 'number' && count >= FEWEST_PACKED
      ? this.#takeNumbers(first, count)
      : this.#takeAny([], first, count);
  }

  /**
   * Takes up to `count` elements of a typed array, `undefined` where the source is none. Those of memory that is not
   * shared are copied, as the caller may write to it, or hand it over, before they have run.
   */
  takeElements(count: number): Filled | undefined {
    const elements = this.#intake.takeElements(count);
    if (elements === undefined) return undefined;
    if (elements.buffer instanceof SharedArrayBuffer)
      return { items: elements, isSole: false, placeholder: undefined };
    if (!(elements instanceof Float64Array))
      return { items: copyElements(elements), isSole: true, placeholder: undefined };
    const memory = this.#openMemory(elements.length);
    memory.set(elements);
    return { items: memory, isSole: true, placeholder: undefined };
  }

  /** Keeps the memory of a chunk that is done: all its items have an outcome. */
  recycle({ items, isSole }: Chunk): void {
    if (isSole && items instanceof Float64Array) this.#spare.push(new Float64Array(items.buffer));
  }

  /** Takes numbers straight into the typed array that will carry them; the first item of another kind ends that. */
  #takeNumbers(first: number, count: number): Filled {
    const intake = this.#intake;
    const most = Math.min(count, LARGEST_MESSAGE / Float64Array.BYTES_PER_ELEMENT);
    const numbers = this.#openMemory(most);
    numbers[0] = first;
    let length = intake.takeNumbers(numbers, 1);
    for (; length < most; length++) {
      const item = intake.next();
      if (typeof item !== 'number') {
        if (item === NOTHING) break;
        return this.#takeAny(Array.from(numbers.subarray(0, length)), item, count);
      }
      numbers[length] = item;
    }
    return { items: numbers.subarray(0, length), isSole: true, placeholder: undefined };
  }

  #openMemory(length: number): Float64Array {
    const spare = this.#spare.pop();
    const memory = spare !== undefined && spare.length >= length ? spare : new Float64Array(length);
    return memory.subarray(0, length);
  }

  #takeAny(items: unknown[], first: unknown, count: number): Filled {
    const intake = this.#intake;
    let bytes = 0;
    for (let item = first; item !== NOTHING; item = intake.next()) {
      if (Placeholder.is(item)) {
        if (items.length > 0) return { items, isSole: true, placeholder: item };
        this.#settle(item);
        continue;
      }
      items.push(item);
      bytes += typeof item === 'number' ? 8 : this.#sizes.estimate(item, items.length - 1);
      if (items.length >= count || bytes >= LARGEST_MESSAGE) break;
    }
    return { items, isSole: true, placeholder: undefined };
  }
}
