import { assertIterator } from './iterator-step.ts';

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Opens the iterator of an input, which closes the input at once. The iterators of streams do not: that of a Node
 * stream leaves the stream open when it is closed before its first step, and those of Node and web streams wait for the
 * step that is pending, for which there may never be anything.
 */
export function openIterator(iterable: AsyncIterable<unknown>): AsyncIterator<unknown> {
  if (isWebStream(iterable)) return openReader(iterable);
  const iterator = assertIterator(iterable[Symbol.asyncIterator]());
  if (!isNodeStream(iterable)) return iterator;
  return {
    next: () => iterator.next(),
    return: async () => {
      iterable.destroy();
      await iterator.return?.();
      return END;
    },
  };
}

/**
 * Closes an input that was handed over and is not read: a stream, or an iterator such as a generator. Other inputs are
 * not open.
 */
export async function closeUnread(input: object): Promise<void> {
  if (isNodeStream(input)) input.destroy();
  else if (isWebStream(input)) await input.cancel();
  else if (isIterator(input)) await input.return();
}

/** Tells a web stream by what it does: the realm of a test may have streams of its own, or none. */
function isWebStream(input: object): input is ReadableStream<unknown> {
  return 'getReader' in input && typeof input.getReader === 'function';
}

function openReader(stream: ReadableStream<unknown>): AsyncIterator<unknown> {
  const reader = stream.getReader();
  let isDone = false;
  return {
    next: async () => {
      // A reader that was released rejects, where other iterators end once more.
      if (isDone) return END;
      const { done, value } = await reader.read();
      if (!done) return { done, value };
      isDone = true;
      reader.releaseLock();
      return END;
    },
    return: async () => {
      if (isDone) return END;
      isDone = true;
      await reader.cancel();
      reader.releaseLock();
      return END;
    },
  };
}

function isNodeStream(value: object): value is { destroy(): void } {
  const { destroy, pipe } = value as { destroy?: unknown; pipe?: unknown };
  return typeof destroy === 'function' && typeof pipe === 'function';
}

function isIterator(value: object): value is { return(): unknown } {
  const { next, return: close } = value as { next?: unknown; return?: unknown };
  return typeof next === 'function' && typeof close === 'function';
}
