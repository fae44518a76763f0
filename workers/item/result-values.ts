import type { Transferable } from 'node:worker_threads';
import { handOver } from '../../src/wire/pack/hand-over.ts';
import { type Packed, packValues } from '../../src/wire/pack/pack.ts';

/**
 * The results of a chunk, in the order of its items. While items and results are all numbers they are written over
 * the items in the buffer that carried those, so that such a chunk leaves no garbage here: a worker that runs
 * millions of them would otherwise hold some 60 MB of it until V8 cares.
 */
export class ResultValues {
  length = 0;
  #numbers: Float64Array<ArrayBuffer> | undefined;
  #values: unknown[] = [];

  constructor(items: ArrayLike<unknown>) {
    if (items instanceof Float64Array && items.buffer instanceof ArrayBuffer) {
      this.#numbers = items as Float64Array<ArrayBuffer>;
    }
  }

  addNumber(value: number): void {
    const at = this.length++;
    // Tasks may have replaced what arrays can do: they are indexed only.
    if (this.#numbers === undefined) this.#values[at] = value;
    else this.#numbers[at] = value;
  }

  add(value: unknown): void {
    this.toArray()[this.length++] = value;
  }

  /** Keeps the place of an item that has no result. */
  addNothing(): void {
    if (this.#numbers === undefined) this.add(undefined);
    else this.addNumber(0);
  }

  /** Returns the results as an array, in which they are kept from now on. */
  toArray(): unknown[] {
    if (this.#numbers !== undefined) {
      const values: unknown[] = [];
      for (let at = 0; at < this.length; at++) values[at] = this.#numbers[at];
      this.#values = values;
      this.#numbers = undefined;
    }
    return this.#values;
  }

  pack(transfers: Set<Transferable>): Packed {
    if (this.#numbers === undefined) return packValues(this.#values, transfers);
    handOver(this.#numbers.buffer, transfers);
    return { kind: 'elements', elements: this.#numbers.subarray(0, this.length) };
  }

  /** Whether something in the results may have been given to `transfer()`: numbers were not. */
  get mayHoldTransfers(): boolean {
    return this.#numbers === undefined;
  }
}
