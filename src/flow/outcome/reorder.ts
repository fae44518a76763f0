import type { Segment } from './segment.ts';

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
