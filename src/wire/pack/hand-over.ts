import type { Transferable } from 'node:worker_threads';

/**
 * The fewest bytes that are handed over rather than copied. The first buffer that leaves a thread by being handed over
 * makes V8 ask at each access to a typed array from then on whether its buffer is still there: loops over typed arrays,
 * those of tasks as well, then take 1.2 to 1.35 times as long. To copy fewer bytes than this costs some 5 µs.
 */
const FEWEST_BYTES = 64 * 1024;

/** Tells whether memory of that many bytes is handed over. */
export function isHandedOver(bytes: number): boolean {
  return bytes >= FEWEST_BYTES;
}

/** Adds a buffer that nobody else refers to to those that a message hands over, where that is worth it. */
export function handOver(buffer: ArrayBuffer, transfers: Set<Transferable>): void {
  if (isHandedOver(buffer.byteLength)) transfers.add(buffer);
}
