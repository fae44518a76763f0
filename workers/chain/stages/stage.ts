import type { ChainStage } from '../../../src/wire/message/chain.ts';
import { isGenerator } from '../../../src/async/iterator-step.ts';
import type { TaskFunction } from '../../../src/task/definition/definition.ts';
import { skip, stop } from '../../../src/wire/message/outcome.ts';
import { Expansion, expandGenerator } from '../../item/expand.ts';
import { isThenable } from '../../userland/is-thenable.ts';
import type { TaskContext } from '../../item/task-context.ts';
import { outsideUserland } from '../../userland/userland.ts';
import type { GuardCall } from '../../userland/chain-guard.ts';

/** A stage with its functions, ready to be called. */
export interface Stage {
  call: StageCall;
  /** Makes the call that is guarded; see `ChainGuard`. */
  readonly makeGuarded: (guard: GuardCall) => StageCall;
  readonly isDropping: boolean;
  readonly isTimed: boolean;
  /** Whether there is something to do behind each call: to look at the time, or at what the call has replaced. */
  isWatched: boolean;
  retry: RevivedRetry | undefined;
}

export interface RevivedRetry {
  readonly most: number;
  readonly delay: (attempts: number) => unknown;
  readonly when: (thrown: unknown) => unknown;
}

/**
 * A call of a stage. Returns the item's replacement, `skip`, `stop`, or `HELD` for an `Expansion`, or a promise of one
 * of all these: so nobody has to ask each replacement whether it is one of the two.
 */
export type StageCall = (item: unknown, index: number, context: TaskContext) => unknown;

/** Given by a call that has more than one result, or has to be waited for; `takeHeld` gives what that is. */
export const HELD: unique symbol = Symbol('held');
let held: Expansion | Promise<unknown> | undefined;

/** Returns what the last call has held, and forgets it. */
export function takeHeld(): Expansion | Promise<unknown> {
  const taken = held as Expansion | Promise<unknown>;
  held = undefined;
  return taken;
}

/** Holds what a call gives in the place of a replacement. */
export function hold(many: Expansion | Promise<unknown>): typeof HELD {
  held = many;
  return HELD;
}

/** Guards all that a stage calls from now on. */
export function guardStage(stage: Stage, guard: GuardCall): void {
  const { makeGuarded, retry } = stage;
  stage.call = makeGuarded(guard);
  if (retry === undefined) return;
  stage.retry = { most: retry.most, delay: guard(retry.delay), when: guard(retry.when) };
}

/**
 * Makes the call of a stage, which turns what the stage's function returns into what the chain goes on with.
 *
 * @param readWhole - Gives the item that a filter keeps, where that has seen only a part of it.
 * @param guard - Guards what is of the user's; see `ChainGuard`.
 */
export function makeCall(
  kind: ChainStage['kind'],
  fn: TaskFunction,
  readWhole: (() => unknown) | undefined,
  guard: GuardCall = leaveAsIs,
): StageCall {
  const call = guard(fn);
  switch (kind) {
    case 'filter':
      return (item, index, context) => {
        const keeps = call(item, index, context);
        if (isThenable(keeps)) return hold(keepLater(keeps, item, readWhole));
        if (!keeps) return skip;
        return readWhole === undefined ? item : readWhole();
      };
    case 'flatMap': {
      const expand = guard(expandIterable);
      return (item, index, context) => {
        const many = call(item, index, context);
        return hold(isThenable(many) ? expandLater(many, expand) : expand(many));
      };
    }
    case 'task': {
      const expand = guard(expandGenerator);
      if (isGeneratorFunction(fn)) {
        // What it gives is an object of the engine's: to find that out of each takes as long as one of its steps.
        return (item, index, context) => {
          const value = call(item, index, context) as Generator;
          if (isThenable(value)) return hold(expandLater(value, expandIfGenerator));
          return typeof value.next === 'function' ? hold(expand(value)) : value;
        };
      }
      return (item, index, context) => {
        const value = call(item, index, context);
        if (typeof value !== 'object' || value === null || (areShapesDear && isPlain(value))) return value;
        if (isThenable(value)) return hold(expandLater(value, expandIfGenerator));
        return isGenerator(value) ? hold(expand(value)) : value;
      };
    }
  }
}

const leaveAsIs: GuardCall = (fn) => fn;

/** Number of values that an array is made for at once; beyond that its growth costs nothing. */
const MOST_ROOM = 1024;

/**
 * Whether V8 asks an object of a shape that it has not seen before for a property at great cost (Node 20: 0.5 µs).
 * Objects that spread another and add to it have such shapes, each its own.
 */
const areShapesDear = Number.parseInt(process.versions.v8, 10) < 12;
// These functions are taken now, since tasks may replace them.
const { getPrototypeOf } = Object;
const NativeArray = Array;
const { isArray, prototype: everyArray } = Array;
const { asyncIterator, iterator } = Symbol;
const everyIterator = readIterator(everyArray);
const { min } = Math;
const { isGeneratorFunction, isProxy } = process.getBuiltinModule('node:util').types;

/**
 * Tells whether a value is neither a promise nor a generator, since it has no property of the names of their methods. To
 * ask whether there is one costs little for every shape; a proxy may have one all the same.
 */
function isPlain(value: object): boolean {
  return !isProxy(value) && !('then' in value) && !('next' in value);
}

// These are functions and no calls of `then`, which tasks may have replaced.
async function keepLater(
  keeps: PromiseLike<unknown>,
  item: unknown,
  readWhole: (() => unknown) | undefined,
): Promise<unknown> {
  if (!(await keeps)) return skip;
  return readWhole === undefined ? item : outsideUserland(readWhole);
}

async function expandLater(
  value: PromiseLike<unknown>,
  expand: (value: unknown) => unknown,
): Promise<unknown> {
  return await expand(await value);
}

function expandIfGenerator(value: unknown): unknown {
  return isGenerator(value) ? expandGenerator(value) : value;
}

function expandIterable(many: unknown): Expansion | Promise<Expansion> {
  // The iterator of arrays may be one that a task has put there. To ask for the prototype takes V8 ten times as long.
  if (isArray(many) && (readIterator(many) === everyIterator || getPrototypeOf(many) === everyArray))
    return expandArray(many);
  if (isGenerator(many)) return expandGenerator(many);
  const iterable = many as Readonly<Record<symbol, unknown>> | null | undefined;
  if (typeof many === 'object' && typeof iterable?.[asyncIterator] === 'function') {
    return expandAsyncIterable(many as AsyncIterable<unknown>);
  }
  if (typeof many !== 'object' || typeof iterable?.[iterator] !== 'function') {
    throw new TypeError(
      `Expected the function of flatMap to return an array, a generator or another iterable, got ${
        many === null ? 'null' : typeof many
      }.`,
    );
  }
  const expansion = new Expansion();
  for (const value of many as Iterable<unknown>) if (!expansion.add(value)) break;
  return expansion;
}

/** Expands an array, into one that is made at its size: one that grows takes room for sixteen values at the first. */
function expandArray(many: readonly unknown[]): Expansion {
  const results = new NativeArray<unknown>(min(many.length, MOST_ROOM));
  let count = 0;
  let isStopped = false;
  for (let i = 0; i < many.length && !isStopped; i++) {
    const value = many[i];
    if (value === stop) isStopped = true;
    else if (value !== skip) results[count++] = value;
  }
  if (count < results.length) results.length = count;
  const expansion = new Expansion(results);
  expansion.stopped = isStopped;
  return expansion;
}

function readIterator(many: object): unknown {
  return (many as Readonly<Record<symbol, unknown>>)[iterator];
}

async function expandAsyncIterable(many: AsyncIterable<unknown>): Promise<Expansion> {
  const expansion = new Expansion();
  for await (const value of many) if (!expansion.add(value)) break;
  return expansion;
}
