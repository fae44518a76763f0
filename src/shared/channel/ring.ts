import type { Cells } from '../sync/waiting.ts';

/**
 * Messages one behind the other in shared memory. Whoever touches the ring holds the channel's lock, so nobody sees a
 * step of another; a thread that dies within leaves a message there or not, never in part, since the tail (or the head)
 * is stored when all else is. Only the count may be left behind, and whoever inherits the lock counts anew.
 */
export interface Ring {
  readonly state: Cells;
  readonly bytes: Uint8Array & { readonly buffer: SharedArrayBuffer };
}

/** Cells with the start of the oldest message and the end of the newest, in steps of 4 bytes, counted on for ever. */
const HEAD = 0;
const TAIL = 1;
const COUNT = 2;
export const CLOSED = 3;
/** Cells that count the messages sent, and those taken: waiting receivers sleep on the first, senders on the second. */
export const ITEMS = 4;
export const ROOM = 5;

const STEP = 4;

export function createRing(bytes: number): Ring {
  return {
    state: new Int32Array(new SharedArrayBuffer(6 * Int32Array.BYTES_PER_ELEMENT)),
    bytes: new Uint8Array(new SharedArrayBuffer(2 ** Math.ceil(Math.log2(Math.max(bytes, 64))))),
  };
}

/** Returns the bytes that a message of `length` bytes takes in the ring. */
export function measureMessage(length: number): number {
  return STEP + Math.ceil(length / STEP) * STEP;
}

export function countMessages({ state }: Ring): number {
  return Atomics.load(state, COUNT);
}

/** Adds a message, if there is room for it. The message is there when the tail is stored, and not before. */
export function push(ring: Ring, message: Uint8Array): boolean {
  const { state, bytes } = ring;
  const tail = Atomics.load(state, TAIL);
  const used = ((tail - Atomics.load(state, HEAD)) >>> 0) * STEP;
  const needed = measureMessage(message.length);
  if (used + needed > bytes.length) return false;
  const at = ((tail >>> 0) * STEP) % bytes.length;
  new DataView(bytes.buffer).setUint32(at, message.length);
  copyIn(bytes, (at + STEP) % bytes.length, message);
  Atomics.store(state, TAIL, (tail + needed / STEP) | 0);
  Atomics.add(state, COUNT, 1);
  return true;
}

/** Takes the oldest message. The message is gone when the head is stored. */
export function shift({ state, bytes }: Ring): Uint8Array | undefined {
  const head = Atomics.load(state, HEAD);
  if (head === Atomics.load(state, TAIL)) return undefined;
  const at = ((head >>> 0) * STEP) % bytes.length;
  const length = new DataView(bytes.buffer).getUint32(at);
  const message = copyOut(bytes, (at + STEP) % bytes.length, length);
  Atomics.store(state, HEAD, (head + measureMessage(length) / STEP) | 0);
  Atomics.sub(state, COUNT, 1);
  return message;
}

/** Counts the messages anew: a thread may have died between a message and its count. */
export function recount({ state, bytes }: Ring): void {
  const view = new DataView(bytes.buffer);
  const tail = Atomics.load(state, TAIL);
  let count = 0;
  for (let at = Atomics.load(state, HEAD); at !== tail; count++) {
    const length = view.getUint32(((at >>> 0) * STEP) % bytes.length);
    at = (at + measureMessage(length) / STEP) | 0;
  }
  Atomics.store(state, COUNT, count);
}

function copyIn(bytes: Uint8Array, at: number, message: Uint8Array): void {
  const before = Math.min(message.length, bytes.length - at);
  bytes.set(message.subarray(0, before), at);
  if (before < message.length) bytes.set(message.subarray(before), 0);
}

function copyOut(bytes: Uint8Array, at: number, length: number): Uint8Array {
  const message = new Uint8Array(length);
  const before = Math.min(length, bytes.length - at);
  message.set(bytes.subarray(at, at + before));
  if (before < length) message.set(bytes.subarray(0, length - before), before);
  return message;
}
