import type { Transferable } from 'node:worker_threads';
import type { TaskFunction } from '../../../src/task/definition/definition.ts';
import type { Keyed } from '../../../src/wire/keys/keyed.ts';
import type { Collected } from '../../../src/wire/message/payload.ts';
import { packValues } from '../../../src/wire/pack/pack.ts';
import type { GuardCall } from '../../userland/chain-guard.ts';
import { ChunkKeys } from './chunk-keys.ts';
import { assertSettled, callInit, callOne, callStep, Fold } from './folds.ts';

/** A fold that holds a value for each key. The keys cross as bytes, and the values as they do everywhere. */
abstract class KeyedFold extends Fold {
  protected readonly keys: ChunkKeys;
  protected values: unknown[] = openNumbers();
  protected otherValues: unknown[] = [];

  constructor(seed: number) {
    super();
    this.keys = new ChunkKeys(seed);
  }

  /** Whether the values are wanted, and not only the keys. */
  protected get hasValues(): boolean {
    return true;
  }

  reset(): void {
    this.keys.clear();
    this.values = openNumbers();
    this.otherValues = [];
    this.count = 0;
    this.bytes = 0;
  }

  override finish(transfers: Set<Transferable>): Collected {
    const { keys, others } = this.keys.copy();
    const { words, starts, hashes, numbers, ends } = keys;
    for (const { buffer } of [words, starts, hashes, numbers, ends]) transfers.add(buffer as ArrayBuffer);
    const values = this.hasValues ? packValues(this.#all, transfers) : undefined;
    const state: Keyed = { keys, others, values };
    return { kind: 'folded', state: { kind: 'values', values: [state] }, count: this.count };
  }

  protected get state(): unknown {
    return this.#all;
  }

  get #all(): unknown[] {
    return this.otherValues.length === 0 ? this.values : [...this.values, ...this.otherValues];
  }
}

/** Folds values by key, into groups in the order in which their keys came. */
export class GroupFold extends KeyedFold {
  #key: TaskFunction;
  #init: TaskFunction;
  #step: TaskFunction;

  constructor(seed: number, key: TaskFunction, init: TaskFunction, step: TaskFunction) {
    super(seed);
    this.#key = key;
    this.#init = init;
    this.#step = step;
  }

  override guard(guard: GuardCall): void {
    this.#key = guard(this.#key);
    this.#init = guard(this.#init);
    this.#step = guard(this.#step);
  }

  add(value: unknown): void {
    const key = callOne(this.#key, value);
    if (typeof key !== 'string') assertKey(key, 'key');
    const number = this.keys.add(key);
    const values = number < 0 ? this.otherValues : this.values;
    const at = number < 0 ? ~number : number;
    if (at < values.length) {
      const state = callStep(this.#step, values[at], value);
      values[at] = typeof state === 'number' ? state : assertSettled(state, 'step');
    } else values.push(this.#begin(key, number, value));
    this.count++;
  }

  /** Makes the state of a new group. A group whose first item fails is none. */
  #begin(key: unknown, number: number, value: unknown): unknown {
    try {
      const state = assertSettled(callInit(this.#init), 'init');
      const next = assertSettled(callStep(this.#step, state, value), 'step');
      this.bytes += 32;
      return next;
    } catch (thrown) {
      this.keys.remove(key, number);
      throw thrown;
    }
  }
}

/** Keeps the first value of each key. */
export class DistinctFold extends KeyedFold {
  #by: TaskFunction | undefined;
  /** Makes a value that is kept whole; `undefined` where only the number of values counts. */
  readonly #keep: ((value: unknown) => unknown) | undefined;

  constructor(seed: number, by: TaskFunction | undefined, keep: ((value: unknown) => unknown) | undefined) {
    super(seed);
    this.#by = by;
    this.#keep = keep;
  }

  override guard(guard: GuardCall): void {
    if (this.#by !== undefined) this.#by = guard(this.#by);
  }

  protected override get hasValues(): boolean {
    return this.#keep !== undefined;
  }

  add(value: unknown): void {
    const key = this.#by === undefined ? value : callOne(this.#by, value);
    if (typeof key !== 'string') assertKey(key, 'by');
    const { texts, others } = this.keys;
    const number = this.keys.add(key);
    this.count++;
    if (number < 0 ? ~number < others : number < texts) return;
    this.bytes += this.#keep === undefined ? 32 : 64;
    if (this.#keep === undefined) return;
    (number < 0 ? this.otherValues : this.values).push(this.#keep(value));
  }
}

/**
 * Makes an array that V8 holds as floats, as long as there are numbers in it: one that begins with integers changes its
 * form at the first fraction, and V8 compiles anew what it had compiled for integers.
 */
function openNumbers(): unknown[] {
  const values: unknown[] = [0.5];
  values.length = 0;
  return values;
}

/** Refuses objects as keys: an object is another one on each thread. */
function assertKey(key: unknown, name: string): void {
  if ((typeof key !== 'object' || key === null) && typeof key !== 'function' && typeof key !== 'symbol')
    return;
  throw new TypeError(
    `Expected \`${name}\` to give text, a number or another primitive, got ${describeKey(key)}. Make a text of what counts.`,
  );
}

function describeKey(key: unknown): string {
  return key === null ? 'null' : Array.isArray(key) ? 'an array' : typeof key;
}
