import { FEWEST_PACKED } from '../../wire/pack/pack.ts';
import { SizeSampler } from '../../wire/pack/size.ts';
import { isThenable, PromiseSource } from '../source/promise-source.ts';
import { type Chunk, type Items, sliceChunk } from './chunk.ts';
import { LARGEST_MESSAGE, Sizer } from './sizing.ts';
import {
  Placeholder,
  FailedPlaceholder,
  SettledPlaceholder,
  NOTHING,
  READ_AHEAD,
  type Source,
  TypedArraySource,
} from '../source/source.ts';

/** Costs that the user declared, for an array that is run largest first. */
export interface DeclaredCosts {
  readonly costs: Float64Array;
  /** Positions of the items, largest cost first. */
  readonly order: Float64Array;
  /** The sum of all costs. */
  readonly total: number;
}

/**
 * Holds what a run has to hand out: first what came back (from a worker that died, or that gave up the rest of a long
 * chunk), lowest position first, so that the reader is not kept waiting; then new items from the source.
 */
export class Supply {
  /** Number of items that have left the source, counted from the first position of all. */
  pulled: number;
  readonly sizer: Sizer;
  #source: Source;
  readonly #returned: Chunk[] = [];
  readonly #declared: DeclaredCosts | undefined;
  readonly #onFailedItem: (index: number, thrown: unknown) => void;
  readonly #onReady: () => void;
  /** Memory of chunks that are done. New memory for each would be tens of MB of garbage before V8 collects it. */
  readonly #spare: Float64Array[] = [];
  #costLeft: number;
  readonly #sizes = new SizeSampler();
  /** The value that the user's iterator threw, behind the items that it gave. */
  #broken: { readonly thrown: unknown } | undefined;
  /** Placeholder for items behind the chunk that is being filled. */
  #placeholder: Placeholder | undefined;

  constructor(
    source: Source,
    sizer: Sizer,
    declared: DeclaredCosts | undefined,
    onFailedItem: (index: number, thrown: unknown) => void,
    onReady: () => void,
    first: number,
  ) {
    this.pulled = first;
    this.#source = source;
    this.#onReady = onReady;
    source.onReady(onReady);
    this.sizer = sizer;
    this.#declared = declared;
    this.#costLeft = declared?.total ?? 0;
    this.#onFailedItem = onFailedItem;
  }

  /** Whether no item is left, now or later, unless one comes back. */
  get isEnded(): boolean {
    return this.#returned.length === 0 && this.#source.isEnded && this.#broken === undefined;
  }

  /** Lowest position of the items that are here and have no outcome. */
  get firstLeft(): number {
    const [returned] = this.#returned;
    return returned === undefined ? this.pulled : startOf(returned);
  }

  /** Whether items came back that have to run. */
  get hasReturned(): boolean {
    return this.#returned.length > 0;
  }

  /** Number of items that the input has, if that is known. */
  get total(): number | undefined {
    const { remaining } = this.#source;
    return remaining === undefined ? undefined : this.pulled + remaining;
  }

  /**
   * Returns the next chunk, or `undefined` when nothing is at hand. Throws what the user's iterator threw, once the
   * items before it were taken.
   *
   * @param room - The most items that may leave the source now.
   * @param share - Over how many chunks the end of the input should be spread.
   */
  take(room: number, share: number): Chunk | undefined {
    const returned = this.#returned.shift();
    if (returned !== undefined) return this.#limit(returned, share);
    if (room < 1) return undefined;
    // A source that reads ahead has no more room than its reader gives.
    this.#source.readAhead = Math.min(READ_AHEAD, room);
    const chunk = this.#takeNew(room, share);
    this.#source.readAhead = Math.min(READ_AHEAD, room - (chunk?.items.length ?? 0));
    if (chunk === undefined && this.#broken !== undefined) {
      const { thrown } = this.#broken;
      this.#broken = undefined;
      throw thrown;
    }
    return chunk;
  }

  #takeNew(room: number, share: number): Chunk | undefined {
    if (this.#declared !== undefined) return this.#takeByCost(this.#declared, share);
    const { remaining } = this.#source;
    // A buffer is made for this number of items, so it is no larger than what is left.
    const count = Math.min(
      room,
      this.sizer.chooseCount(remaining, share),
      Math.max(1, remaining ?? Infinity),
    );
    if (this.#source instanceof TypedArraySource) {
      const items = this.#source.takeElements(count);
      return items.length === 0 ? undefined : this.#open(items, false);
    }
    return this.#open(this.#takeItems(count), true);
  }

  /** Closes the user's iterator, if it has not ended. */
  close(): Promise<void> {
    this.#returned.length = 0;
    return this.#source.close();
  }

  /** Takes back a chunk, or a part of one, that has to run after all. */
  giveBack(chunk: Chunk): void {
    if (chunk.items.length === 0) return;
    const start = startOf(chunk);
    let position = this.#returned.length;
    while (position > 0 && startOf(this.#returned[position - 1] as Chunk) > start) position--;
    this.#returned.splice(position, 0, chunk);
  }

  /** Keeps the memory of a chunk that is done: all its items have an outcome. */
  recycle({ items, isSole }: Chunk): void {
    if (isSole && items instanceof Float64Array) this.#spare.push(new Float64Array(items.buffer));
  }

  /** Returns the units that the sizer should count for a chunk's first `ran` items. */
  countUnits(chunk: Chunk, ran: number): number {
    const { costs } = this.#declared ?? {};
    if (costs === undefined || typeof chunk.index === 'number') return ran;
    let units = 0;
    for (let at = 0; at < ran; at++) units += costs[chunk.index[at] as number] as number;
    return units;
  }

  #open(items: Items, isSole: boolean): Chunk | undefined {
    if (items.length === 0) return undefined;
    const index = this.pulled;
    this.pulled += items.length;
    this.#passPlaceholder();
    return { index, items, attempt: 1, losses: 0, isSole };
  }

  #takeItems(count: number): Items {
    const first = this.#next();
    // A few numbers cross sooner as they are than in a buffer that is handed over.
    return typeof first === 'number' && count >= FEWEST_PACKED
      ? this.#takeNumbers(first, count)
      : this.#takeAny([], first, count);
  }

  /** Takes numbers straight into the typed array that will carry them; the first item of another kind ends that. */
  #takeNumbers(first: number, count: number): Items {
    const most = Math.min(count, LARGEST_MESSAGE / Float64Array.BYTES_PER_ELEMENT);
    const spare = this.#spare.pop();
    const numbers = spare !== undefined && spare.length >= most ? spare : new Float64Array(most);
    numbers[0] = first;
    let length = 1;
    for (; length < most; length++) {
      const item = this.#next();
      if (typeof item !== 'number') {
        if (item === NOTHING) break;
        return this.#takeAny(Array.from(numbers.subarray(0, length)), item, count);
      }
      numbers[length] = item;
    }
    return numbers.subarray(0, length);
  }

  #takeAny(items: unknown[], first: unknown, count: number): unknown[] {
    let bytes = 0;
    for (let item = first; item !== NOTHING; item = this.#next()) {
      if (Placeholder.is(item)) {
        if (items.length > 0) {
          this.#placeholder = item;
          break;
        }
        this.#settlePlaceholder(item);
        continue;
      }
      items.push(item);
      bytes += typeof item === 'number' ? 8 : this.#sizes.estimate(item, items.length - 1);
      if (items.length >= count || bytes >= LARGEST_MESSAGE) break;
    }
    return items;
  }

  #next(): unknown {
    try {
      const item = this.#source.next();
      if (typeof item !== 'object' || !isThenable(item)) return item;
      // From the first promise on, items wait for their turn.
      this.#source = new PromiseSource(this.#source, item);
      this.#source.onReady(this.#onReady);
      return this.#source.next();
    } catch (thrown) {
      // The items before the failure still run.
      this.#broken = { thrown };
      return NOTHING;
    }
  }

  /** Settles the placeholder that ended the chunk before it, and takes its place now. */
  #passPlaceholder(): void {
    if (this.#placeholder === undefined) return;
    const placeholder = this.#placeholder;
    this.#placeholder = undefined;
    this.#settlePlaceholder(placeholder);
  }

  #settlePlaceholder(placeholder: Placeholder): void {
    const position = this.pulled;
    this.pulled += placeholder.count;
    if (placeholder instanceof SettledPlaceholder) placeholder.settle();
    else if (placeholder instanceof FailedPlaceholder) {
      this.#onFailedItem(this.#declared?.order[position] ?? position, placeholder.thrown);
    }
  }

  #takeByCost({ costs, order }: DeclaredCosts, share: number): Chunk | undefined {
    const limit = this.sizer.chooseCost(this.#costLeft, share);
    const most = this.sizer.chooseCount(undefined, share);
    let from = this.pulled;
    const items: unknown[] = [];
    let sum = 0;
    while (items.length < Math.max(1, most)) {
      const cost = costs[order[this.pulled] as number] ?? 0;
      if (items.length > 0 && sum + cost > limit) break;
      const item = this.#next();
      if (item === NOTHING) break;
      if (Placeholder.is(item)) {
        this.#placeholder = item;
        if (items.length > 0) break;
        this.#passPlaceholder();
        from = this.pulled;
        continue;
      }
      items.push(item);
      sum += cost;
      this.pulled++;
    }
    this.#costLeft -= sum;
    if (items.length === 0) return undefined;
    const index = order.slice(from, this.pulled);
    this.#passPlaceholder();
    return { index, items, attempt: 1, losses: 0, isSole: true };
  }

  /** Limits a chunk that came back, which may be far larger than a chunk should be. */
  #limit(chunk: Chunk, share: number): Chunk {
    const count = this.sizer.chooseCount(chunk.items.length, share);
    if (chunk.items.length <= count) return chunk;
    this.giveBack(sliceChunk(chunk, count, chunk.items.length));
    return sliceChunk(chunk, 0, count);
  }
}

function startOf(chunk: Chunk): number {
  return typeof chunk.index === 'number' ? chunk.index : (chunk.index[0] as number);
}
