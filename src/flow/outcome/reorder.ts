import type { ItemError } from '../../errors/item-errors.ts';
import { recycleValues } from '../../wire/pack/pack.ts';
import type { Payload, StageFailure } from '../../wire/message/payload.ts';
import type { Place } from '../../wire/slots/slot.ts';

/** The outcome of one item, where it is more than a value. */
export type Note =
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
  /** Notes by offset into the segment. Items without a note succeeded. */
  readonly notes: ReadonlyMap<number, Note> | undefined;
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

/** Holds outcomes that came early until their turn. Every position must be put in exactly once. */
export class Reorder {
  /** The position whose outcome is due. */
  next: number;
  /** Number of outcomes that are held back, and their bytes. */
  heldItems = 0;
  heldBytes = 0;
  readonly #held = new Map<number, Segment>();
  readonly #deliver: (segment: Segment) => void;

  constructor(deliver: (segment: Segment) => void, first = 0) {
    this.#deliver = deliver;
    this.next = first;
  }

  put(segment: Segment): void {
    if (segment.index !== this.next) {
      this.#held.set(segment.index, segment);
      this.heldItems += segment.values.length;
      this.heldBytes += segment.bytes;
      return;
    }
    this.#pass(segment);
    for (let due = this.#held.get(this.next); due !== undefined; due = this.#held.get(this.next)) {
      this.#held.delete(due.index);
      this.heldItems -= due.values.length;
      this.heldBytes -= due.bytes;
      this.#pass(due);
    }
  }

  #pass(segment: Segment): void {
    this.next += segment.values.length;
    this.#deliver(segment);
  }
}

/** Recycles a segment's memory once it was read to its end. */
export function releaseSegment({ values, isSole }: Segment): void {
  if (isSole) recycleValues(values);
}

/** Returns the part of a segment from one offset up to another. */
export function sliceSegment(segment: Segment, from: number, to: number): Segment {
  const { values, notes } = segment;
  const inner = new Map<number, Note>();
  if (notes !== undefined)
    for (const [at, note] of notes) if (at >= from && at < to) inner.set(at - from, note);
  return {
    ...segment,
    isSole: false,
    index: segment.index + from,
    values: ArrayBuffer.isView(values)
      ? (values as Float64Array).subarray(from, to)
      : (values as unknown[]).slice(from, to),
    notes: inner.size > 0 ? inner : undefined,
    bytes: (segment.bytes * (to - from)) / Math.max(1, values.length),
  };
}
