import { PREFIX } from '../store.ts';
import type { RUN_KEYS } from './scripts.ts';

/** Returns the name of a key of a run. All keys of a run have one hash tag, which a Redis Cluster keeps together. */
export function keyOf(queue: string, run: string, key: (typeof RUN_KEYS)[number]): string {
  return `${PREFIX}:{${queue}:${run}}:${key}`;
}

/** Returns the channel on which commits of a run are said. */
export function newsOf(queue: string, run: string): string {
  return `${PREFIX}:{${queue}:${run}}:news`;
}

/** Returns the name of what all runs of a queue have in common. */
export function nameOf(queue: string, what: string): string {
  return `${PREFIX}:{${queue}}:${what}`;
}
