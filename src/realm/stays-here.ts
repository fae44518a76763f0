import { isProxy } from 'node:util/types';
import { shareOnThread } from './thread-registry.ts';

/** Reason why no task can take an object of Telar along: the kind of object, and the way out as a full sentence. */
export interface Staying {
  readonly noun: string;
  readonly fix: string;
}

const staying = shareOnThread('staying', () => new WeakMap<object, Staying>());

/**
 * Notes that an object, or all that inherit from it, cannot leave their thread, in words that name nothing of the inside
 * of Telar.
 */
export function keepHere<Value extends object>(value: Value, reason: Staying): Value {
  staying.set(value, reason);
  return value;
}

export function findStaying(value: object): Staying | undefined {
  const own = staying.get(value);
  // A proxy may be the program's own, and would see that it is asked.
  if (own !== undefined || isProxy(value)) return own;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null ? undefined : findStaying(prototype);
}
