import { totalmem } from 'node:os';

/** Returns the bytes of memory that this container, or else the machine, has. */
export function countMemory(): number {
  // Node gives 0 or a huge number where nothing is limited.
  const granted = process.constrainedMemory();
  return granted > 0 ? Math.min(granted, totalmem()) : totalmem();
}
