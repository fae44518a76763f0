import { Intake } from '../source/intake.ts';
import {
  FailedPlaceholder,
  NOTHING,
  Placeholder,
  READ_AHEAD,
  SettledPlaceholder,
  type Source,
} from '../source/source.ts';
import { type Chunk, type Items, sliceChunk } from './chunk.ts';
import { ChunkFill } from './fill.ts';
import type { Sizer } from './sizing.ts';

/** The most items that an asynchronous source is read ahead of the workers. */
const MOST_AHEAD = 1024;

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
  readonly #intake: Intake;
  readonly #fill: ChunkFill;
  readonly #returned: Chunk[] = [];
  readonly #declared: DeclaredCosts | undefined;
  readonly #onFailedItem: (index: number, thrown: unknown) => void;
  #costLeft: number;

  constructor(
    source: Source,
    sizer: Sizer,
    declared: DeclaredCosts | undefined,
    onFailedItem: (index: number, thrown: unknown) => void,
    onReady: () => void,
    first: number,
  ) {
    this.pulled = first;
    this.#intake = new Intake(source, onReady);
    this.#fill = new ChunkFill(this.#intake, (placeholder) => this.#settle(placeholder));
    this.sizer = sizer;
    this.#declared = declared;
    this.#costLeft = declared?.total ?? 0;
    this.#onFailedItem = onFailedItem;
  }

  /** Whether no item is left, now or later, unless one comes back. */
  get isEnded(): boolean {
    return this.#returned.length === 0 && this.#intake.isEnded;
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
    const { remaining } = this.#intake;
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
    const ahead = this.#chooseReadAhead(share);
    this.#intake.readAhead = Math.min(ahead, room);
    const chunk = this.#takeNew(room, share);
    this.#intake.readAhead = Math.min(ahead, room - (chunk?.items.length ?? 0));
    if (chunk === undefined) this.#intake.throwFailure();
    return chunk;
  }

  /** Chooses how far an asynchronous source is read ahead: by a chunk, as a message of a few short items costs more. */
  #chooseReadAhead(share: number): number {
    return Math.max(READ_AHEAD, Math.min(MOST_AHEAD, this.sizer.chooseCount(undefined, share)));
  }

  #takeNew(room: number, share: number): Chunk | undefined {
    if (this.#declared !== undefined) return this.#takeByCost(this.#declared, share);
    const { remaining } = this.#intake;
    // A buffer is made for this number of items, so it is no larger than what is left.
    const count = Math.min(
      room,
      this.sizer.chooseCount(remaining, share),
      Math.max(1, remaining ?? Infinity),
    );
    const { items, isSole, placeholder } = this.#fill.takeElements(count) ?? this.#fill.take(count);
    const chunk = this.#open(items, isSole);
    if (placeholder !== undefined) this.#settle(placeholder);
    return chunk;
  }

  /** Closes the user's iterator, if it has not ended. */
  close(): Promise<void> {
    this.#returned.length = 0;
    return this.#intake.close();
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
  recycle(chunk: Chunk): void {
    this.#fill.recycle(chunk);
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
    return { index, items, attempt: 1, losses: 0, isSole };
  }

  /** Settles a placeholder, whose turn has come. */
  #settle(placeholder: Placeholder): void {
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
    let placeholder: Placeholder | undefined;
    const items: unknown[] = [];
    let sum = 0;
    while (items.length < Math.max(1, most)) {
      const cost = costs[order[this.pulled] as number] ?? 0;
      if (items.length > 0 && sum + cost > limit) break;
      const item = this.#intake.next();
      if (item === NOTHING) break;
      if (Placeholder.is(item)) {
        if (items.length > 0) {
          placeholder = item;
          break;
        }
        this.#settle(item);
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
    if (placeholder !== undefined) this.#settle(placeholder);
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
