/** The worker file that an expert writes by hand for piscina: each function takes a chunk and returns its results. */
import { move } from 'piscina';
import { book, runLong, runShort, runSkewed, type Booking, type Sale, scale, sum } from '../tasks.ts';

export function runShortChunk(items: readonly number[]): readonly number[] {
  return items.map((item) => runShort(item));
}

export function runLongChunk(items: readonly number[]): readonly number[] {
  return items.map((item) => runLong(item));
}

export function runSkewedChunk(items: readonly number[]): readonly number[] {
  return items.map((item) => runSkewed(item));
}

export function bookChunk(items: readonly Sale[]): readonly Booking[] {
  return items.map((item) => book(item));
}

export function sumChunk(items: readonly Float64Array[]): readonly number[] {
  return items.map((item) => sum(item));
}

/** Results take the place of the items, and go back in their memory. */
export function runShortTyped(items: Int32Array<ArrayBuffer>): Int32Array {
  for (let at = 0; at < items.length; at++) items[at] = runShort(items[at] as number);
  return move(items) as unknown as Int32Array;
}

export function scaleTyped(items: Int32Array<ArrayBuffer>): Int32Array {
  for (let at = 0; at < items.length; at++) items[at] = scale(items[at] as number);
  return move(items) as unknown as Int32Array;
}
