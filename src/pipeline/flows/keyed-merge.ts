import { KeyIndex } from '../../wire/keys/key-index.ts';
import type { Keyed } from '../../wire/keys/keyed.ts';
import { unpackValues } from '../../wire/pack/pack.ts';
import type { FoldSpec } from '../stage/specs.ts';
import type { Merge } from './merge.ts';

/** Number of keys that wait, where they can, to be looked up together: some 10 ms of work. */
const MOST_WAITING = 1 << 17;

/** Merges groups, which leave at the end, in the order in which their keys first came. */
export class GroupMerge implements Merge<undefined> {
  readonly value: undefined;
  readonly #fold: FoldSpec;
  readonly #keys = new KeyIndex();
  readonly #states: unknown[] = [];
  #waiting: Keyed[] = [];
  #waitingKeys = 0;

  constructor(fold: FoldSpec) {
    this.#fold = fold;
  }

  add(state: unknown): unknown[] {
    this.#waiting.push(state as Keyed);
    this.#waitingKeys += countKeys(state as Keyed);
    if (this.#waitingKeys >= MOST_WAITING) this.#mergeWaiting();
    return [];
  }

  get rest(): unknown[] {
    this.#mergeWaiting();
    return this.#keys.list().map((key, number) => [key, this.#states[number]]);
  }

  #mergeWaiting(): void {
    const chunks = this.#waiting;
    this.#waiting = [];
    this.#waitingKeys = 0;
    let known = this.#keys.size;
    const placed = this.#keys.place(chunks);
    for (const [at, keyed] of chunks.entries()) {
      known = this.#merge(keyed, placed[at] as Int32Array, known);
    }
  }

  /** Merges the states of a chunk. Returns how many groups there are behind it, given those before it. */
  #merge(keyed: Keyed, numbers: Int32Array, known: number): number {
    const merge = this.#fold.merge as (before: unknown, after: unknown) => unknown;
    const states = this.#states;
    const values = readValues(keyed);
    let last = known;
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] as number;
      if (number < known) states[number] = merge(states[number], values[at]);
      else if (number === states.length) states.push(values[at]);
      else states[number] = values[at];
      if (number >= last) last = number + 1;
    }
    return last;
  }
}

/** Lets the first item of each key leave as soon as it is known to be the first. */
export class DistinctMerge implements Merge<undefined> {
  readonly value: undefined;
  readonly #keys = new KeyIndex();
  /** Chunks of which only the number of new keys counts. */
  #waiting: Keyed[] = [];
  #waitingKeys = 0;

  add(state: unknown): unknown[] {
    const keyed = state as Keyed;
    if (keyed.values !== undefined) return this.#findFresh(keyed);
    this.#waiting.push(keyed);
    this.#waitingKeys += countKeys(keyed);
    return this.#waitingKeys >= MOST_WAITING ? this.rest : [];
  }

  /** As many values as were not told of, which nobody looks at. */
  get rest(): unknown[] {
    const known = this.#keys.size;
    this.#keys.place(this.#waiting);
    this.#waiting = [];
    this.#waitingKeys = 0;
    return Array.from({ length: this.#keys.size - known });
  }

  #findFresh(keyed: Keyed): unknown[] {
    const known = this.#keys.size;
    const [numbers] = this.#keys.place([keyed]) as [Int32Array];
    const fresh: unknown[] = Array.from({ length: this.#keys.size - known });
    const values = readValues(keyed);
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] as number;
      if (number >= known) fresh[number - known] = values[at];
    }
    return fresh;
  }
}

function countKeys({ keys, others }: Keyed): number {
  return keys.count + (others?.keys.length ?? 0);
}

function readValues({ values }: Keyed): ArrayLike<unknown> {
  return values === undefined ? [] : unpackValues(values);
}
