import { readStack, setStack } from './stack.ts';

/** Place where the user made a call: an object with the stack of that moment, which `readStack` reads. */
export interface CallSite {
  readonly stack?: unknown;
}

/**
 * Captures the place of the user's call, for the stacks of errors. Cost: 5 µs.
 *
 * @param caller - The function that the user called: its own frames, and those within, are left out.
 */
export function captureSite(caller: (...args: never[]) => unknown): CallSite {
  const site: CallSite = {};
  Error.captureStackTrace(site, caller);
  return site;
}

/**
 * Captures the place of a method's call. A method would have to name itself for `captureSite`; here the frame of the
 * method that calls this is left out.
 */
export function captureCaller(): CallSite {
  const site: CallSite = {};
  Error.captureStackTrace(site, captureCaller);
  const [first, , ...frames] = readStack(site)?.split('\n') ?? [];
  return first === undefined ? {} : { stack: [first, ...frames].join('\n') };
}

/** Gives an error the stack of a call: errors are made when an answer comes, and the stack of that moment tells nothing. */
export function placeAt<E extends Error>(error: E, site: CallSite): E {
  const stack = readStack(site);
  if (stack === undefined) return error;
  const value = `${error.name}: ${error.message}${readFrames(stack)}`;
  return setStack(error, value);
}

/**
 * Copies an error that several calls end with, for one of them: it is of the same class, with the same fields, and has the
 * stack of that call.
 */
export function copyAt<E extends Error>(error: E, site: CallSite): E {
  const copy = Reflect.construct(Error, [error.message], error.constructor) as E;
  Object.defineProperties(copy, Object.getOwnPropertyDescriptors(error));
  return placeAt(copy, site);
}

/** Returns the frames of a stack, without its first line: a site has no message. */
export function readFrames(stack: string): string {
  const end = stack.indexOf('\n');
  return end === -1 ? '' : stack.slice(end);
}
