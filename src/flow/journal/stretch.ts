import { crc32 } from '../../journal/lines/crc.ts';
import type { JournalRecord } from '../../journal/lines/line.ts';
import { describeCanonically } from '../../journal/canonical.ts';
import { Aside } from '../source/source.ts';

/** Consecutive items of the input, as they left it, and what they are known by. */
export interface StretchRecord extends JournalRecord {
  readonly type: 'input';
  readonly from: number;
  readonly count: number;
  readonly hash: number;
}

/** So many characters are hashed at once. */
const PIECE = 64 * 1024;

/** Hashes items as they come. */
export class Stretch {
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
    // A promise that rejected may reject in other words.
    this.#text += Aside.is(item) ? '!' : describeCanonically(item);
    if (this.#text.length < PIECE) return;
    this.#hash = crc32(this.#text, this.#hash);
    this.#text = '';
  }

  describe(): StretchRecord {
    return { type: 'input', from: this.#from, count: this.#count, hash: crc32(this.#text, this.#hash) };
  }
}
