import { shareOnThread } from './thread-registry.ts';

/** Reason why no task can take an object of Telar along: the kind of object, and the way out as a full sentence. */
export interface Staying {
  readonly noun: string;
  readonly fix: string;
}

const staying = shareOnThread('staying', () => new WeakMap<object, Staying>());

/** Notes that an object cannot leave its thread, in words that name nothing of the inside of Telar. */
export function keepHere<Value extends object>(value: Value, reason: Staying): Value {
  staying.set(value, reason);
  return value;
}

export function findStaying(value: object): Staying | undefined {
  return staying.get(value);
}
