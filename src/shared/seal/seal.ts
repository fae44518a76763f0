import { shareOnThread } from '../../realm/thread-registry.ts';

/** The field by which a seal is known where it arrives. */
export const KEY = 'telar.shared';

/**
 * What crosses threads in the place of an object over shared memory: what kind it is, and the memory. The object is
 * made again from it on the other side.
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
  // Not shared, but as good when made again from its text.
  | 'URL'
  | 'URLSearchParams'
  | 'Headers';

interface Seals {
  readonly known: WeakMap<object, Seal>;
  /** Whether this thread has had any such object: before, nothing needs to be searched. */
  isUsed: boolean;
}

const seals: Seals = shareOnThread('seals', () => ({ known: new WeakMap(), isUsed: false }));

export function setSeal(object: object, seal: Seal): void {
  seals.isUsed = true;
  seals.known.set(object, seal);
}

/** How an object travels that threads have in common; `undefined` for every other. */
export function findSeal(object: object): Seal | undefined {
  return seals.isUsed ? seals.known.get(object) : undefined;
}

/** Whether there can be any: a look at one variable. */
export function haveSeals(): boolean {
  return seals.isUsed;
}
