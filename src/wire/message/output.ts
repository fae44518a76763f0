import type { MessagePort } from 'node:worker_threads';

/** The port that the output of a thread comes from, and the gauge of how much output is under way. */
export interface OutputLink {
  readonly port: MessagePort;
  readonly gauge: Gauge;
}

export type OutputStream = 'stdout' | 'stderr';

/** One write of a worker to one of its streams. */
export interface OutputMessage {
  readonly stream: OutputStream;
  readonly chunk: string | Uint8Array;
  readonly encoding: BufferEncoding | 'buffer';
}

/** Counts that a worker and main share: how much the worker has posted, and how much of that is written. */
export type Gauge = Int32Array;

/** A worker waits while this many bytes of its output, or characters, are posted and not yet written. */
const MOST_HELD = 4 * 1024 * 1024;
/** Cell with the bytes, or characters, that are posted and not written. */
const HELD = 0;
/** Cell with the number of writes that were posted; it wraps round. */
const POSTED = 1;

export function createGauge(): Gauge {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** Waits, in the worker, before it posts a write: one larger than the bound goes when nothing else is under way. */
export function awaitRoom(gauge: Gauge): void {
  for (let held = Atomics.load(gauge, HELD); held >= MOST_HELD; held = Atomics.load(gauge, HELD))
    Atomics.wait(gauge, HELD, held);
}

/** Counts the size of a write, in the worker, before it posts the write. */
export function addHeld(gauge: Gauge, size: number): void {
  Atomics.add(gauge, HELD, size);
}

/**
 * Counts a write, in the worker, once it is posted, and not before: main empties the port for a new count, and does not
 * look again for the same. So all that is counted is in the port; what is there and not counted is counted before the
 * worker answers.
 */
export function notePosted(gauge: Gauge): void {
  Atomics.add(gauge, POSTED, 1);
}

/** Takes off the size of a write, on main, when the write has left the process, or cannot. */
export function addWritten(gauge: Gauge, size: number): void {
  Atomics.sub(gauge, HELD, size);
  Atomics.notify(gauge, HELD);
}

/** Returns the count of writes, for main: it changes with every write, so to see that there was none costs nothing. */
export function countPosted(gauge: Gauge): number {
  return Atomics.load(gauge, POSTED);
}
