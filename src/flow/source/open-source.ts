import { isPromise } from 'node:util/types';
import type { HostStream } from '../../async/host-stream.ts';
import { describeValue } from '../../errors/describe.ts';
import type { TypedArray } from '../../wire/pack/pack.ts';
import { AsyncSource } from './async-source.ts';
import { ArraySource, IteratorSource, type Source, TypedArraySource } from './source.ts';

/**
 * The input of a call. Items that are promises are awaited. An array, or a typed array, gives the items that it has at
 * the call: one that is pushed later is not among them, and one that is gone when its turn comes fails the call.
 */
export type Input<T> = Iterable<T | PromiseLike<T>> | AsyncIterable<T | PromiseLike<T>> | HostStream<T>;

/** Throws at the call, before any work starts, if an input is not valid, and says what is wrong with it. */
export function assertInput(input: unknown): asserts input is Input<unknown> {
  if (typeof input === 'string') {
    throw new TypeError(
      `Expected an array, an iterable, a stream or a typed array as the input, got ${describeValue(input)}. ` +
        'For the characters of a string, spread it: [...text].',
    );
  }
  const isIterable =
    input !== null &&
    input !== undefined &&
    (typeof (input as Iterable<unknown>)[Symbol.iterator] === 'function' ||
      typeof (input as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function');
  if (isIterable) return;
  const hint =
    typeof input === 'function'
      ? ' Call the generator function to get its iterator.'
      : typeof (input as { next?: unknown } | null | undefined)?.next === 'function'
        ? ' A bare iterator has no Symbol.iterator: give it one that returns itself.'
        : typeof (input as { then?: unknown } | null | undefined)?.then === 'function'
          ? ' Await it first.'
          : '';
  throw new TypeError(
    `Expected an array, an iterable, a stream or a typed array as the input, got ${describeValue(input)}.${hint}`,
  );
}

/**
 * @param order - For an array: the order in which its items are to be taken.
 */
export function openSource(input: Input<unknown>, order?: Float64Array): Source {
  if (ArrayBuffer.isView(input) && !(input instanceof DataView))
    return new TypedArraySource(input as TypedArray);
  if (Array.isArray(input)) return openArray(input, order);
  // Streams have both kinds of iterator, and the asynchronous one is theirs.
  if (Symbol.asyncIterator in input) return new AsyncSource(input as AsyncIterable<unknown>);
  return new IteratorSource(input as Iterable<unknown>);
}

function openArray(items: readonly unknown[], order: Float64Array | undefined): Source {
  for (const item of items) {
    // A promise that rejects before its turn is not unhandled, since its item will fail with it. Anything else that waits is
    // left alone until then: it may begin its work anew each time that it is asked, as the queries of databases do.
    // The type is asked first: the exact test is a call into C++.
    if (typeof item === 'object' && isPromise(item)) item.catch(() => {});
  }
  return new ArraySource(items, order);
}
