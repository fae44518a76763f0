import { describeValue } from '../../../src/errors/describe.ts';
import type { TaskFunction } from '../../../src/task/definition/definition.ts';
import type { CollectDefinition } from '../../../src/wire/message/chain.ts';
import type { ChunkMessage } from '../../../src/wire/message/message.ts';
import type { GuardCall } from '../../userland/chain-guard.ts';
import { callOne, Fold } from './folds.ts';

/** The items of a chunk: those from the first to the last. */
interface Items {
  readonly first: number;
  readonly last: number;
}

/**
 * Keeps the largest values, in descending order; of equal ones those that came first. Where all that is folded counts in
 * the end, a chunk keeps nothing that as many values of the chunks before outrank: so few are sent.
 */
export class TopFold extends Fold {
  readonly #most: number;
  #by: TaskFunction;
  readonly #keep: (value: unknown) => unknown;
  readonly #isFinal: boolean;
  #top: { readonly rank: number; readonly value: unknown }[] = [];
  /** The highest ranks of all chunks so far, as many as values are kept, in descending order. */
  #ranks: { readonly rank: number; readonly items: Items }[] = [];
  #items: Items | undefined;
  /** Rank that a value must have at least to be kept. It may equal another, since chunks come in any order. */
  #least = -Infinity;

  /** @param keep - Makes a value that is kept whole. */
  constructor(
    { count, isFinal }: Extract<CollectDefinition, { kind: 'topK' }>,
    by: TaskFunction,
    keep: (value: unknown) => unknown,
  ) {
    super();
    this.#most = count;
    this.#by = by;
    this.#keep = keep;
    this.#isFinal = isFinal;
  }

  override guard(guard: GuardCall): void {
    this.#by = guard(this.#by);
  }

  reset(chunk?: ChunkMessage): void {
    if (this.#isFinal) {
      if (this.#top.length > 0 && this.#items !== undefined) this.#noteRanks(this.#items);
      this.#items = chunk && findItems(chunk);
      if (this.#items !== undefined) this.#forgetRanks(this.#items);
    }
    this.#top = [];
    this.count = 0;
  }

  add(value: unknown): void {
    const rank = callOne(this.#by, value);
    if (typeof rank !== 'number' || Number.isNaN(rank)) {
      const got = typeof rank === 'number' ? 'NaN, which has no place in an order' : describeValue(rank);
      throw new TypeError(`Expected the function of topK to return a number, got ${got}.`);
    }
    this.count++;
    if (rank < this.#least) return;
    const top = this.#top;
    if (top.length >= this.#most && rank <= (top.at(-1)?.rank ?? -Infinity)) return;
    // The place is found by halves: behind all values that are as large.
    let low = 0;
    for (let high = top.length; low < high;) {
      const middle = (low + high) >>> 1;
      if ((top[middle] as { rank: number }).rank >= rank) low = middle + 1;
      else high = middle;
    }
    top.splice(low, 0, { rank, value: this.#keep(value) });
    if (top.length > this.#most) top.pop();
  }

  protected get state(): unknown {
    return this.#top;
  }

  #noteRanks(items: Items): void {
    const ranks = [...this.#ranks, ...this.#top.map(({ rank }) => ({ rank, items }))];
    this.#ranks = ranks.sort((left, right) => right.rank - left.rank).slice(0, this.#most);
    this.#findLeast();
  }

  /**
   * Forgets the ranks of chunks of which an item runs again: their answer could not be read. Noted twice, they would
   * outrank values that nothing else does.
   */
  #forgetRanks({ first, last }: Items): void {
    const left = this.#ranks.filter(({ items }) => items.last < first || items.first > last);
    if (left.length === this.#ranks.length) return;
    this.#ranks = left;
    this.#findLeast();
  }

  #findLeast(): void {
    this.#least = this.#ranks.length === this.#most ? (this.#ranks.at(-1)?.rank ?? -Infinity) : -Infinity;
  }
}

function findItems({ index, count }: ChunkMessage): Items {
  if (typeof index === 'number') return { first: index, last: index + count - 1 };
  return { first: Math.min(...index), last: Math.max(...index) };
}
