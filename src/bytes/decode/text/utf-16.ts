import { findLoneSurrogate, isWellFormed } from '../../well-formed.ts';
import type { Bytes, Codec, Stretch } from './codec.ts';
import { CARRIAGE_RETURN, LINE_FEED, type SliceableBytes } from './utf-8.ts';

const { Buffer } = process.getBuiltinModule('node:buffer');

export class Utf16Codec implements Codec {
  readonly name = 'UTF-16';
  readonly shift = 1;
  readonly #isBigEndian: boolean;

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  /** Makes text of all bytes at once, as UTF-16 is text already. */
  openStretch(bytes: Bytes, from: number): Stretch {
    const to = bytes.length;
    // A last byte that is no whole unit is found where its line is read.
    const text = (to - from) % 2 === 0 ? this.decode(bytes, from, to) : undefined;
    const isValid = text !== undefined && isWellFormed(text);
    return { to, text: isValid ? text : undefined, isAsciiOnly: false, isValid };
  }

  findLineFeed(bytes: Bytes, from: number): number {
    const [low, high] = this.#isBigEndian ? [1, 0] : [0, 1];
    for (let at = bytes.indexOf(LINE_FEED, from); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
      if ((at - from) % 2 === low && bytes[at - low + high] === 0) return at - low;
    }
    return -1;
  }

  isCarriageReturn(bytes: Bytes, at: number): boolean {
    const [low, high] = this.#isBigEndian ? [1, 0] : [0, 1];
    return bytes[at + low] === CARRIAGE_RETURN && bytes[at + high] === 0;
  }

  decode(bytes: Bytes, from: number, to: number): string {
    if (!this.#isBigEndian) return (bytes as SliceableBytes).ucs2Slice(from, to);
    // The whole units are copied before they are swapped, since the block may be read again.
    const units = Buffer.from(bytes.subarray(from, to - ((to - from) % 2)));
    return (units.swap16() as SliceableBytes).ucs2Slice(0, units.length);
  }

  findInvalid(bytes: Bytes, from: number, to: number): number {
    const text = this.decode(bytes, from, to);
    const lone = findLoneSurrogate(text) + 1;
    return lone === 0 && (to - from) % 2 === 1 ? text.length + 1 : lone;
  }

  decodeRaw(bytes: Bytes, from: number, to: number): string {
    return this.decode(bytes, from, to);
  }
}
