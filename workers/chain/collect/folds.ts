import type { Transferable } from 'node:worker_threads';
import type { TaskFunction } from '../../../src/task/definition/definition.ts';
import type { Collected } from '../../../src/wire/message/payload.ts';
import { describeValue } from '../../../src/errors/describe.ts';
import { packValues } from '../../../src/wire/pack/pack.ts';
import { describeThrown } from '../../../src/wire/values/error.ts';
import { findUncloneable } from '../../../src/wire/values/uncloneable.ts';
import { isThenable } from '../../item/expand.ts';
import type { Collector, Removed } from './collector.ts';

/** A fold of the results of a chunk: main merges the states of chunks in input order. */
export abstract class Fold implements Collector {
  bytes = 0;
  protected count = 0;

  abstract reset(): void;
  protected abstract take(value: unknown): void;
  protected abstract readonly state: unknown;

  add(value: unknown): void {
    this.take(value);
    this.count++;
  }

  /** Saves nothing: what was folded cannot be taken out, and the run ends with the failure that asks for it. */
  savepoint(): number {
    return 0;
  }

  rollBack(): void {}

  finish(transfers: Set<Transferable>): Collected {
    return { kind: 'folded', state: packValues([this.state], transfers), count: this.count };
  }

  removeUncloneable(_isDropping: boolean, thrown: unknown): Removed[] {
    const found = findUncloneable(this.state, 'state') ?? { path: 'state', reason: describeThrown(thrown) };
    this.reset();
    return [{ at: 0, ...found }];
  }
}

export class CountFold extends Fold {
  reset(): void {
    this.count = 0;
  }

  protected take(): void {}

  protected get state(): number {
    return this.count;
  }
}

export class ReduceFold extends Fold {
  readonly #init: TaskFunction;
  readonly #step: TaskFunction;
  #state: unknown;
  #isBegun = false;

  constructor(init: TaskFunction, step: TaskFunction) {
    super();
    this.#init = init;
    this.#step = step;
  }

  reset(): void {
    this.#isBegun = false;
    this.#state = undefined;
    this.count = 0;
  }

  protected take(value: unknown): void {
    if (!this.#isBegun) this.#state = assertSettled(callInit(this.#init), 'init');
    this.#isBegun = true;
    this.#state = assertSettled(callStep(this.#step, this.#state, value), 'step');
  }

  protected get state(): unknown {
    return this.#isBegun ? { state: this.#state } : undefined;
  }
}

/** Keeps the largest values, in descending order; of equal ones those that came first. */
export class TopFold extends Fold {
  readonly #most: number;
  readonly #by: TaskFunction;
  readonly #keep: (value: unknown) => unknown;
  #top: { readonly rank: number; readonly value: unknown }[] = [];

  /** @param keep - Makes a value that is kept whole. */
  constructor(most: number, by: TaskFunction, keep: (value: unknown) => unknown) {
    super();
    this.#most = most;
    this.#by = by;
    this.#keep = keep;
  }

  reset(): void {
    this.#top = [];
    this.count = 0;
  }

  protected take(value: unknown): void {
    const rank = callOne(this.#by, value);
    if (typeof rank !== 'number' || Number.isNaN(rank)) {
      const got = typeof rank === 'number' ? 'NaN, which has no place in an order' : describeValue(rank);
      throw new TypeError(`Expected the function of topK to return a number, got ${got}.`);
    }
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
}

// The functions of a fold take no index and no context: they are called with what they are for.
export function callInit(init: TaskFunction): unknown {
  return (init as () => unknown)();
}

export function callOne(fn: TaskFunction, value: unknown): unknown {
  return (fn as (value: unknown) => unknown)(value);
}

export function callStep(step: TaskFunction, state: unknown, value: unknown): unknown {
  return (step as (state: unknown, value: unknown) => unknown)(state, value);
}

export function assertSettled(state: unknown, name: string): unknown {
  if (!isThenable(state)) return state;
  throw new TypeError(
    `Expected \`${name}\` to return its state at once, got a promise. Wait in a .cpu() stage before it.`,
  );
}
