/** Tasks that an expert writes by hand for a pool that knows no chunks: each takes one and gives its results. */
import { runStages, type Wide } from '../../io/fused/stages.ts';
import { book, runGrowing, runLong, runShort, runSkewed, runSmall, scale, settle, sum } from '../../tasks.ts';
import type { Booking, Order, Sale } from '../../tasks.ts';

export function runShortChunk(items: Int32Array): Int32Array {
  return items.map((item) => runShort(item));
}

export function runLongChunk(items: Int32Array): Int32Array {
  return items.map((item) => runLong(item));
}

export function runSkewedChunk(items: Int32Array): Int32Array {
  return items.map((item) => runSkewed(item));
}

export function runSmallChunk(items: Int32Array): Int32Array {
  return items.map((item) => runSmall(item));
}

export function runGrowingChunk(items: Int32Array): Int32Array {
  return items.map((item) => runGrowing(item));
}

export function scaleChunk(items: Int32Array): Int32Array {
  return items.map((item) => scale(item));
}

export function bookChunk(items: readonly Sale[]): readonly Booking[] {
  return items.map((item) => book(item));
}

export function settleChunk(items: readonly Order[]): readonly Order[] {
  return items.map((item) => settle(item));
}

export function sumChunk(items: readonly Float64Array[]): readonly number[] {
  return items.map((item) => sum(item));
}

export function runStagesChunk(items: readonly Wide[]): readonly Wide[] {
  return items.map((item) => runStages(item));
}

/** A chunk of objects as three numbers for each, and one text of all names. */
export interface Columns {
  readonly numbers: Float64Array;
  readonly text: string;
}

/** Sales to bookings: the results are written over the items. */
export function bookColumns({ numbers, text }: Columns): Columns {
  text.split('\n').forEach((product, at) => {
    const [id, price, quantity] = [numbers[at * 3], numbers[at * 3 + 1], numbers[at * 3 + 2]] as [
      number,
      number,
      number,
    ];
    const { total, isLarge } = book({ id, product, price, quantity });
    numbers[at * 3 + 1] = total;
    numbers[at * 3 + 2] = isLarge ? 1 : 0;
  });
  return { numbers, text };
}
