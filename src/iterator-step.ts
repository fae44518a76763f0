import { describeValue } from './describe.ts';

/**
 * What an iterator's `next()` gave, if it is an object: where it is none, `for … of` throws a TypeError, and so does this.
 * Else a mistake would be an endless source of `undefined`.
 */
export function assertStep<Step>(step: Step): Step {
  if ((typeof step === 'object' && step !== null) || typeof step === 'function') return step;
  throw new TypeError(
    `Expected next() of an iterator to give an object such as { done, value }, got ${describeValue(step)}.`,
  );
}

/** An iterator that was just made, if it is an object. */
export function assertIterator<I>(iterator: I): I {
  if ((typeof iterator === 'object' && iterator !== null) || typeof iterator === 'function') return iterator;
  throw new TypeError(
    `Expected [Symbol.iterator]() or [Symbol.asyncIterator]() to give an iterator, got ${describeValue(iterator)}.`,
  );
}
