import type { Transferable } from 'node:worker_threads';
import type { TaskFunction } from '../../../src/task/definition/definition.ts';
import type { ChunkMessage } from '../../../src/wire/message/message.ts';
import type { Collected } from '../../../src/wire/message/payload.ts';
import { packValues } from '../../../src/wire/pack/pack.ts';
import { describeThrown } from '../../../src/wire/values/error.ts';
import { findUncloneable } from '../../../src/wire/values/uncloneable.ts';
import { isThenable } from '../../userland/is-thenable.ts';
import type { GuardCall } from '../../userland/chain-guard.ts';
import type { Collector, Removed } from './collector.ts';

/** A fold of the results of a chunk: main merges the states of chunks in input order. */
export abstract class Fold implements Collector {
  bytes = 0;
  protected count = 0;

  guard(_guard: GuardCall): void {}

  abstract reset(chunk?: ChunkMessage): void;
  /** Adds a value, and counts it. One method for each fold, as all records go through it. */
  abstract add(value: unknown): void;
  protected abstract readonly state: unknown;

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

  add(): void {
    this.count++;
  }

  protected get state(): number {
    return this.count;
  }
}

export class ReduceFold extends Fold {
  #init: TaskFunction;
  #step: TaskFunction;
  #state: unknown;
  #isBegun = false;

  constructor(init: TaskFunction, step: TaskFunction) {
    super();
    this.#init = init;
    this.#step = step;
  }

  override guard(guard: GuardCall): void {
    this.#init = guard(this.#init);
    this.#step = guard(this.#step);
  }

  reset(): void {
    this.#isBegun = false;
    this.#state = undefined;
    this.count = 0;
  }

  add(value: unknown): void {
    if (!this.#isBegun) this.#state = assertSettled(callInit(this.#init), 'init');
    this.#isBegun = true;
    this.#state = assertSettled(callStep(this.#step, this.#state, value), 'step');
    this.count++;
  }

  protected get state(): unknown {
    return this.#isBegun ? { state: this.#state } : undefined;
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
