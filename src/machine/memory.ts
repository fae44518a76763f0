import { totalmem } from 'node:os';

/** Bytes that this container, or else the machine, has. */
export function countMemory(): number {
  // 0 or a huge number where nothing is limited.
  const granted = process.constrainedMemory();
  return granted > 0 ? Math.min(granted, totalmem()) : totalmem();
}
