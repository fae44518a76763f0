/**
 * Reads the stack of an error, or of another object that has one.
 *
 * @remarks
 * A host, or one of its libraries, may have set `Error.prepareStackTrace`, which the engine calls when a stack is first read:
 * what comes is then anything, most often the list of frames, and it may throw. A stack is for people, and never worth an
 * answer.
 *
 * @returns The text; `undefined` where there is none.
 */
export function readStack(error: { readonly stack?: unknown }): string | undefined {
  try {
    const { stack } = error;
    if (typeof stack === 'string') return stack;
    return Array.isArray(stack)
      ? describeFrames(error, stack as readonly { toString(): string }[])
      : undefined;
  } catch {
    return undefined;
  }
}

function describeFrames(error: object, frames: readonly { toString(): string }[]): string {
  // Anything else than an error has no name here: the engine writes "Error" for it as well.
  const head = error instanceof Error ? Error.prototype.toString.call(error) : 'Error';
  return [head, ...frames.map((frame) => `    at ${frame.toString()}`)].join('\n');
}

/** Sets the stack of an error. */
export function setStack<E extends Error>(error: E, value: string | undefined): E {
  const stack = { value, writable: true, enumerable: false, configurable: true };
  try {
    return Object.defineProperty(error, 'stack', stack);
  } catch {
    // The engine makes the stack that is there before it compares it with the new one, and that may throw, as above.
    Reflect.deleteProperty(error, 'stack');
    return Object.defineProperty(error, 'stack', stack);
  }
}

/**
 * Makes an error whose stack is set by `setStack`. The frames of this moment tell nothing then, and to capture and print
 * them takes 10 to 20 µs, most of what an error costs.
 *
 * @param make - Calls nothing of the user's: what is thrown meanwhile has no frames.
 */
export function makeWithoutFrames<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 0;
  } catch {
    // The intrinsics are frozen.
    return make();
  }
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
