// This is taken now, since tasks may add a `then` to everything.
const everything = Object.prototype as { then?: unknown };

/**
 * Tells whether what a task has given is to be awaited. A `then` that a task has added to everything makes no promise of
 * other values. A value whose `then` cannot be read throws what that throws.
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { then } = value as { then?: unknown };
  return typeof then === 'function' && then !== everything.then;
}
