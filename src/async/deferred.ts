/** A promise with its handles, as `Promise.withResolvers` gives from Node 22 on. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

export function createDeferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { promise, resolve, reject };
}

/**
 * Waits for a promise, but not longer than `limit` ms, which may be Infinity. Resolves with whether the promise has
 * settled, and rejects as the promise does.
 *
 * @param keepsAlive - Whether the wait alone keeps the process alive.
 */
export async function raceTime(
  promise: Promise<unknown>,
  limit: number,
  keepsAlive = true,
): Promise<boolean> {
  let hasSettled = false;
  const settled = promise.then(() => {
    hasSettled = true;
    return true;
  });
  // Most promises have settled when they are waited for: a timer costs more than a look.
  await Promise.resolve();
  if (hasSettled) return true;
  const late = createDeferred<false>();
  const timer = limit === Infinity ? undefined : setTimeout(late.resolve, limit, false);
  if (!keepsAlive) timer?.unref();
  try {
    return await Promise.race([settled, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls something, waits for it, and returns what it throws or rejects with. */
export async function findFailure(call: () => unknown): Promise<{ readonly reason: unknown } | undefined> {
  try {
    await call();
    return undefined;
  } catch (thrown) {
    return { reason: thrown };
  }
}
