import { crc32 } from '../../journal/lines/crc.ts';
import type { JournalRecord } from '../../journal/lines/line.ts';
import { describeCanonically } from '../../journal/canonical.ts';
import { Placeholder } from '../source/source.ts';

/** A journal record of consecutive items in the order in which they left the input, with the hash they are known by. */
export interface InputRangeRecord extends JournalRecord {
  readonly type: 'input';
  readonly from: number;
  readonly count: number;
  readonly hash: number;
}

/** Number of characters that are collected before they are hashed. */
const PIECE = 64 * 1024;

/** Hashes the items of a range of the input as they come. */
export class InputRange {
  readonly #from: number;
  #count = 0;
  #text = '';
  #hash = 0;

  constructor(from: number) {
    this.#from = from;
  }

  get count(): number {
    return this.#count;
  }

  add(item: unknown): void {
    this.#count++;
    // A promise may reject with another error in the next run, so that it rejected is all that is hashed.
    this.#text += Placeholder.is(item) ? '!' : describeCanonically(item);
    if (this.#text.length < PIECE) return;
    this.#hash = crc32(this.#text, this.#hash);
    this.#text = '';
  }

  describe(): InputRangeRecord {
    return { type: 'input', from: this.#from, count: this.#count, hash: crc32(this.#text, this.#hash) };
  }
}
