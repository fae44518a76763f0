import { shareOnThread } from '../../realm/thread-registry.ts';

/** The field by which a seal is known where it arrives. */
export const KEY = 'telar.shared';

/**
 * A stand-in that crosses threads in the place of an object over shared memory: the kind of the object, and the memory.
 * The object is made again from its seal on the other side.
 */
export interface Seal {
  readonly [KEY]: SealKind;
  readonly [field: string]: unknown;
}

export type SealKind =
  | 'counter'
  | 'semaphore'
  | 'mutex'
  | 'channel'
  | 'text'
  | 'data'
  // The three that follow are not shared, but are as good when made again from their text.
  | 'URL'
  | 'URLSearchParams'
  | 'Headers';

interface Seals {
  readonly known: WeakMap<object, Seal>;
  /** Whether this thread has had any object with a seal: before, nothing needs to be searched. */
  isUsed: boolean;
}

const seals: Seals = shareOnThread('seals', () => ({ known: new WeakMap(), isUsed: false }));

export function setSeal(object: object, seal: Seal): void {
  seals.isUsed = true;
  seals.known.set(object, seal);
}

/** Returns the seal of an object that threads have in common; `undefined` for every other. */
export function findSeal(object: object): Seal | undefined {
  return seals.isUsed ? seals.known.get(object) : undefined;
}

/** Returns whether there can be any seals on this thread: a look at one variable. */
export function haveSeals(): boolean {
  return seals.isUsed;
}
