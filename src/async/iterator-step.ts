import { describeValue } from '../errors/describe.ts';

// An import would read all that node:util exports, and so load more than a worker needs.
const { isGeneratorObject, isProxy } = process.getBuiltinModule('node:util/types');
// The symbols are taken now: tasks may replace them.
const { asyncIterator, iterator: syncIterator } = Symbol;

/**
 * Returns what an iterator's `next()` gave, if it is an object; otherwise throws a TypeError, as `for … of` does.
 * Without the check a mistake would be an endless source of `undefined`.
 */
export function assertStep<Step>(step: Step): Step {
  if ((typeof step === 'object' && step !== null) || typeof step === 'function') return step;
  throw new TypeError(
    `Expected next() of an iterator to give an object such as { done, value }, got ${describeValue(step)}.`,
  );
}

/**
 * Tells whether a step is the last one, as `for … of` does: whatever is true to JavaScript ends an iterator, such as the
 * 1 of one that was written by hand.
 */
export function isLast(step: { readonly done?: unknown }): boolean {
  return Boolean(step.done);
}

/** Returns an iterator that was just made, if it is an object; otherwise throws a TypeError. */
export function assertIterator<I>(iterator: I): I {
  if ((typeof iterator === 'object' && iterator !== null) || typeof iterator === 'function') return iterator;
  throw new TypeError(
    `Expected [Symbol.iterator]() or [Symbol.asyncIterator]() to give an iterator, got ${describeValue(iterator)}.`,
  );
}

/**
 * Tells whether a value is a generator: one of the engine's, or any other object with `next` that is its own iterator,
 * which is what compilers make of `function*`, and what iterator helpers give. Other iterables, such as arrays and
 * maps, are not.
 */
export function isGenerator(value: unknown): value is Generator | AsyncGenerator {
  // The property is looked up first: the exact test is a call into C++.
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { next?: unknown }).next === 'function' &&
    (isGeneratorObject(value) || iteratesItself(value, syncIterator) || iteratesItself(value, asyncIterator))
  );
}

/** Tells whether a generator has to be awaited for each value. */
export function isAsyncGenerator(generator: Generator | AsyncGenerator): generator is AsyncGenerator {
  return asyncIterator in generator && iteratesItself(generator, asyncIterator);
}

function iteratesItself(value: object, key: symbol): boolean {
  // A proxy answers anything: what it stands for is not known.
  if (isProxy(value)) return false;
  try {
    const start = (value as Record<symbol, unknown>)[key];
    return typeof start === 'function' && Reflect.apply(start, value, []) === value;
  } catch {
    return false;
  }
}

/**
 * Tells whether a value is a promise, or waits as one does when it is awaited: the queries of some libraries are sent by
 * `then` alone. A value whose `then` cannot be read is none, and cannot be cloned either.
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return typeof (value as { then?: unknown }).then === 'function';
  } catch {
    return false;
  }
}
