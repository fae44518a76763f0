import { INSPECT } from './inspect-symbol.ts';
import { setSeal } from '../seal/seal.ts';

/** The characters of a text in shared memory: one byte each, or two where one is beyond U+00FF. */
export type TextUnits =
  | (Uint8Array & { readonly buffer: SharedArrayBuffer })
  | (Uint16Array & { readonly buffer: SharedArrayBuffer });

/** The most characters that `console.log` shows. */
const MOST_SHOWN = 60;

/**
 * A text in shared memory: JavaScript's own strings belong to one thread. Pieces of it are strings.
 *
 * Cost: of `slice`, a copy of the piece; of `indexOf`, as that of a string.
 */
export class SharedText {
  readonly #units: TextUnits;
  readonly #bytes: Buffer;

  /** @internal Made by `share(text)`. */
  constructor(units: TextUnits) {
    this.#units = units;
    this.#bytes = Buffer.from(units.buffer, units.byteOffset, units.byteLength);
    setSeal(this, { 'telar.shared': 'text', units });
    Object.freeze(this);
  }

  /** Length of the text in UTF-16 units, as that of a string. */
  get length(): number {
    return this.#units.length;
  }

  charCodeAt(position: number): number {
    return this.#units[position] ?? Number.NaN;
  }

  /** Returns the piece from one position up to another, as a string. Positions below 0 count from the end. */
  slice(from?: number, to?: number): string {
    const piece = this.#units.subarray(from, to);
    const start = piece.byteOffset - this.#units.byteOffset;
    return this.#bytes.toString(this.#encoding, start, start + piece.byteLength);
  }

  /** Finds the first position of a piece of text, from a position on; -1 when the text does not hold it. */
  indexOf(searched: string, from: number = 0): number {
    if (searched === '') return Math.min(Math.max(from, 0), this.length);
    const width = this.#units.BYTES_PER_ELEMENT;
    if (width === 1 && /[^\0-\u00ff]/.test(searched)) return -1;
    const bytes = Buffer.from(searched, this.#encoding);
    // In wide text, the second byte of one character and the first of the next may look like the searched character.
    for (let at = Math.max(from, 0) * width; ; at++) {
      at = this.#bytes.indexOf(bytes, at);
      if (at === -1 || at % width === 0) return at === -1 ? -1 : at / width;
    }
  }

  includes(searched: string, from?: number): boolean {
    return this.indexOf(searched, from) !== -1;
  }

  /** Returns the whole text. Cost: a copy. */
  toString(): string {
    return this.slice();
  }

  toJSON(): string {
    return this.slice();
  }

  get #encoding(): 'latin1' | 'utf16le' {
    return this.#units.BYTES_PER_ELEMENT === 1 ? 'latin1' : 'utf16le';
  }
}

/** Shows the length and the beginning of the text in `console.log`. */
Object.defineProperty(SharedText.prototype, INSPECT, {
  value(this: SharedText): string {
    const end = this.length > MOST_SHOWN ? '…' : '';
    return `SharedText(${this.length}) ${JSON.stringify(this.slice(0, MOST_SHOWN))}${end}`;
  },
});
