import { takeMerged } from '../../options/arguments.ts';
import { KeyIndex } from '../../wire/keys/key-index.ts';
import type { Keyed } from '../../wire/keys/keyed.ts';
import { unpackValues } from '../../wire/pack/pack.ts';
import { estimateBytes } from '../../wire/pack/size.ts';
import type { Page } from './flow.ts';
import type { StageMerge } from './merge.ts';

/** Number of keys that wait, where they can, to be looked up together: some 10 ms of work. */
const MOST_WAITING = 1 << 17;
/** Bytes of the numbers, and of a state that is a number, that a key of a waiting chunk has. */
const KEY_BYTES = 24;
/** Bytes of a number in an array that grows by half. */
const NUMBER_BYTES = 12;
const STATES_LOOKED_AT = 64;

/** A merge that holds what it has seen by key, and may be asked for it. */
export interface KeyedMerge extends StageMerge {
  readonly keys: KeyIndex;
  /** Values that are held, by the number of the key; `undefined` where all of that has left. */
  readonly states: ArrayLike<unknown> | undefined;
  /** Bytes that all of it takes, about. */
  readonly bytes: number;
  add(state: unknown): Page;
  /** Takes what waits to be taken in. Returns what can leave now. */
  settle(): Page;
  rest(): Iterable<Page>;
  /** Forgets all. */
  clear(): void;
}

/** Merges groups, which leave at the end, in the order in which their keys first came. */
export class GroupMerge implements KeyedMerge {
  readonly needsAll = true;
  readonly keys: KeyIndex = new KeyIndex();
  readonly #merge: (before: unknown, after: unknown) => unknown;
  readonly #waiting = new WaitingChunks();
  #states: unknown[] = [];

  constructor(merge: (before: unknown, after: unknown) => unknown) {
    this.#merge = merge;
  }

  get states(): readonly unknown[] {
    return this.#states;
  }

  get bytes(): number {
    return this.keys.bytes + this.#waiting.bytes + estimateStates(this.#states);
  }

  add(state: unknown): Page {
    return this.#waiting.add(state as Keyed) ? this.settle() : [];
  }

  settle(): Page {
    const chunks = this.#waiting.take();
    let known = this.keys.size;
    const placed = this.keys.place(chunks);
    for (const [at, keyed] of chunks.entries()) {
      known = this.#mergeChunk(keyed, placed[at] as Int32Array, known);
    }
    return [];
  }

  *rest(): Iterable<Page> {
    this.settle();
    if (this.keys.size > 0) yield this.keys.list().map((key, number) => [key, this.#states[number]]);
  }

  clear(): void {
    this.keys.clear();
    this.#states = [];
  }

  /** Merges the states of a chunk. Returns how many groups there are behind it, given those before it. */
  #mergeChunk(keyed: Keyed, numbers: Int32Array, known: number): number {
    const merge = this.#merge;
    const states = this.#states;
    const values = readValues(keyed);
    let last = known;
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] as number;
      if (number < known) states[number] = takeMerged(merge(states[number], values[at]));
      else if (number === states.length) states.push(values[at]);
      else states[number] = values[at];
      if (number >= last) last = number + 1;
    }
    return last;
  }
}

/** Lets the first item of each key leave as soon as it is known to be the first. */
export class DistinctMerge implements KeyedMerge {
  readonly needsAll = false;
  readonly keys: KeyIndex = new KeyIndex();
  readonly states: undefined;
  /** Chunks of which only the number of new keys counts. */
  readonly #waiting = new WaitingChunks();

  get bytes(): number {
    return this.keys.bytes + this.#waiting.bytes;
  }

  add(state: unknown): Page {
    const keyed = state as Keyed;
    if (keyed.values !== undefined) return this.#findFresh(keyed);
    return this.#waiting.add(keyed) ? this.settle() : [];
  }

  /** Returns as many values as were not told of, which nobody looks at. */
  settle(): Page {
    const known = this.keys.size;
    this.keys.place(this.#waiting.take());
    return { length: this.keys.size - known };
  }

  *rest(): Iterable<Page> {
    const page = this.settle();
    if (page.length > 0) yield page;
  }

  clear(): void {
    this.keys.clear();
  }

  #findFresh(keyed: Keyed): Page {
    const known = this.keys.size;
    const [numbers] = this.keys.place([keyed]) as [Int32Array];
    const fresh: unknown[] = Array.from({ length: this.keys.size - known });
    const values = readValues(keyed);
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] as number;
      if (number >= known) fresh[number - known] = values[at];
    }
    return fresh;
  }
}

/** Chunks that wait to be looked up together. */
class WaitingChunks {
  bytes = 0;
  #chunks: Keyed[] = [];
  #keys = 0;

  /** Adds a chunk. Returns whether they are enough. */
  add(keyed: Keyed): boolean {
    const { keys, others } = keyed;
    const count = keys.count + (others?.keys.length ?? 0);
    this.#chunks.push(keyed);
    this.#keys += count;
    this.bytes += keys.words.byteLength + count * KEY_BYTES;
    return this.#keys >= MOST_WAITING;
  }

  take(): Keyed[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#keys = this.bytes = 0;
    return chunks;
  }
}

/** Estimates the bytes that states take, by a few of them. */
function estimateStates(states: readonly unknown[]): number {
  const step = Math.max(1, Math.trunc(states.length / STATES_LOOKED_AT));
  let bytes = 0;
  let looked = 0;
  for (let at = 0; at < states.length; at += step, looked++) {
    const state = states[at];
    // An object takes about twice what it takes in a message.
    bytes += NUMBER_BYTES + (typeof state === 'number' ? 0 : 2 * estimateBytes(state));
  }
  return looked === 0 ? 0 : (bytes / looked) * states.length;
}

function readValues({ values }: Keyed): ArrayLike<unknown> {
  return values === undefined ? [] : unpackValues(values);
}
