import { shareOnThread } from '../../realm/thread-registry.ts';

/**
 * Shared memory that Telar made for itself. Such memory may be copied where memory cannot be shared, between processes,
 * since nobody else writes to it.
 */
const own = shareOnThread('own memory', () => new WeakSet<SharedArrayBuffer>());

export function createOwnMemory(size: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(size);
  own.add(memory);
  return memory;
}

export function isOwnMemory(memory: SharedArrayBuffer): boolean {
  return own.has(memory);
}
