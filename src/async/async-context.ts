import { AsyncResource } from 'node:async_hooks';

/**
 * The asynchronous context of a call: what its caller keeps in an `AsyncLocalStorage`, such as the user of a request.
 * The functions of its caller that the call calls run within this context.
 */
export interface AsyncContext {
  /** Runs `fn` in the context. Cost: some 0.1 µs. */
  <R>(fn: () => R): R;
}

/**
 * Takes the context of this moment. Cost: 1 µs. `AsyncLocalStorage.snapshot()` does the same, and takes 15 µs on Node 20, since
 * it wraps a function with a property that is deprecated.
 */
export function captureContext(): AsyncContext {
  const resource = new AsyncResource('TelarCall');
  return (fn) => resource.runInAsyncScope(fn);
}

/** Returns an iterable whose steps run in the context of its call, whoever asks for them. */
export function iterateIn<T>(context: AsyncContext, iterator: AsyncIterator<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => context(() => iterator.next()),
      return: (value: unknown) => context(() => iterator.return?.(value)) as Promise<IteratorResult<T>>,
    }),
  };
}
