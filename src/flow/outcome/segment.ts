import type { ItemError } from '../../errors/item-errors.ts';
import { recycleValues } from '../../wire/pack/pack.ts';
import type { Payload, StageFailure } from '../../wire/message/payload.ts';
import type { Place } from '../../wire/slots/slot.ts';

/** The outcome of one item, where it is more than a value. */
export type Outcome =
  | {
      readonly kind: 'failed';
      readonly error: ItemError;
      /** The item and its place, when its worker died on it or could not be given it. */
      readonly item?: unknown;
      readonly place?: Place | undefined;
    }
  /** A stage of a pipeline failed, and nothing behind it counts. */
  | { readonly kind: 'stage-failed'; readonly failure: StageFailure }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'stopped' }
  /** The value is the array of what a generator yielded. */
  | { readonly kind: 'expanded'; readonly stopped: boolean };

/** Outcomes of consecutive items. */
export interface Segment {
  /** Position of the first item in the input. */
  readonly index: number;
  readonly values: ArrayLike<unknown>;
  /** Outcomes by offset into the segment. Items without one succeeded. */
  readonly outcomes: ReadonlyMap<number, Outcome> | undefined;
  readonly attempt: number;
  /** Approximate number of bytes that the values take. */
  readonly bytes: number;
  /** Whether nobody else refers to the memory of the values. */
  readonly isSole: boolean;
  /**
   * Payload that the stages of a pipeline made of the chunk, and the items it was made of; of the values only the
   * number counts then.
   */
  readonly payload?: Payload | undefined;
  readonly items?: ArrayLike<unknown>;
  /** Milliseconds that the items took. */
  readonly compute?: number;
}

/** Recycles a segment's memory once it was read to its end. */
export function releaseSegment({ values, isSole }: Segment): void {
  if (isSole) recycleValues(values);
}

/** Returns the part of a segment from one offset up to another. */
export function sliceSegment(segment: Segment, from: number, to: number): Segment {
  const { values, outcomes } = segment;
  const inner = new Map<number, Outcome>();
  if (outcomes !== undefined)
    for (const [at, outcome] of outcomes) if (at >= from && at < to) inner.set(at - from, outcome);
  return {
    ...segment,
    isSole: false,
    index: segment.index + from,
    values: ArrayBuffer.isView(values)
      ? (values as Float64Array).subarray(from, to)
      : (values as unknown[]).slice(from, to),
    outcomes: inner.size > 0 ? inner : undefined,
    bytes: (segment.bytes * (to - from)) / Math.max(1, values.length),
  };
}
