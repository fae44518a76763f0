import { isAsyncFunction, isGeneratorFunction } from 'node:util/types';
import { isThenable } from '../async/iterator-step.ts';
import { describeValue } from '../errors/describe.ts';

/** Throws a TypeError unless a value is a function, as tasks and handles are. */
export function assertTask(task: unknown): asserts task is Function {
  if (typeof task === 'function') return;
  throw new TypeError(
    `Expected the task to be a function, or a handle from importTasks(), got ${describeValue(task)}.`,
  );
}

/**
 * Throws an error which says that arguments stand in each other's place: their own checks would not say so.
 *
 * @param expected - The call as it is to be written, such as `parallelMap(input, task)`.
 */
export function refuseSwapped(isSwapped: boolean, expected: string, given: readonly unknown[]): void {
  if (!isSwapped) return;
  const order = given.map(describeValue).join(', then ');
  throw new TypeError(`The arguments are swapped: expected ${expected}, got ${order}.`);
}

/**
 * Refuses an asynchronous function, or a generator, where what a function returns is used at once: a promise that is
 * written as a number is NaN, and nobody says so.
 */
export function refuseAsync(fn: Function, name: string): void {
  if (!isAsyncFunction(fn) && !isGeneratorFunction(fn)) return;
  const kind = isGeneratorFunction(fn) ? 'a generator' : 'an asynchronous one';
  throw new TypeError(`Expected \`${name}\` to be a function that returns its value at once, got ${kind}.`);
}

/**
 * Tells whether a function of the user's has returned a promise where its value is used at once. The error that then
 * follows says so: a failure of the promise is not reported besides.
 */
export function isLatePromise(returned: unknown): boolean {
  if (!isThenable(returned)) return false;
  Promise.resolve(returned).catch(() => {});
  return true;
}

/** Describes a value that a function of the user's has returned, and that is refused; see `isLatePromise`. */
export function describeReturned(returned: unknown): string {
  isLatePromise(returned);
  return describeValue(returned);
}

/** Refuses a promise that a function of the user's has returned, where what it returns is used at once. */
export function refusePromise(returned: unknown, name: string): void {
  if (!isLatePromise(returned)) return;
  throw new TypeError(`Expected \`${name}\` to return its value at once, got a promise.`);
}

/** Gives back a merged value. Refuses a promise, which the next `merge` would take for a value. */
export function takeMerged(merged: unknown): unknown {
  refusePromise(merged, 'merge');
  return merged;
}
