import type { Elements } from './elements.ts';

type Numbers = Float64Array;

/** Two sorted neighbours, `[from, middle)` and `[middle, to)`, of which one stretch is merged. */
export interface MergeStep {
  readonly from: number;
  readonly middle: number;
  readonly to: number;
  /** Beginning of the stretch of the result that this step writes; `end` is the position behind it. */
  readonly begin: number;
  readonly end: number;
}

/**
 * Merges one stretch of two sorted neighbours from one array into another.
 *
 * @remarks The beginning of the stretch in each of the two neighbours is found by bisection (the merge path), so that
 * workers share one merge. Zeros of both signs are equal here. The function refers to nothing outside of itself: it
 * travels as text.
 */
export function mergeStretch(source: Elements, target: Elements, step: MergeStep): void {
  const read = source as Numbers;
  const write = target as Numbers;
  const { from, middle, to, begin, end } = step;
  const rank = begin - from;
  let low = Math.max(0, rank - (to - middle));
  let high = Math.min(rank, middle - from);
  while (low < high) {
    const taken = (low + high) >>> 1;
    const a = read[from + taken] as number;
    const b = read[middle + rank - taken - 1] as number;
    // The left element comes first among equals, and NaN last.
    if (a <= b || b !== b) low = taken + 1;
    else high = taken;
  }
  let left = from + low;
  let right = middle + rank - low;
  let at = begin;
  while (at < end && left < middle && right < to) {
    const a = read[left] as number;
    const b = read[right] as number;
    if (a <= b || b !== b) {
      write[at++] = a;
      left++;
    } else {
      write[at++] = b;
      right++;
    }
  }
  if (at < end) {
    const rest = left < middle ? left : right;
    write.set(read.subarray(rest, rest + end - at), at);
  }
}
