import type { Bytes, Codec, Stretch } from './codec.ts';
import { CARRIAGE_RETURN, LINE_FEED, measureStretch, type SliceableBytes } from './utf-8.ts';

const { Buffer, isAscii } = process.getBuiltinModule('node:buffer');

/** Decodes encodings in which each byte is a character. */
export class SingleByteCodec implements Codec {
  readonly name: string;
  readonly shift = 0;
  readonly #decode: (bytes: Bytes) => string;

  constructor(name: string) {
    this.name = name;
    const decoder = new TextDecoder(name);
    // The bytes are copied, since the memory of blocks is shared, which not every TextDecoder takes.
    this.#decode =
      name === 'windows-1252' ? decodeWindows1252 : (bytes) => decoder.decode(Buffer.from(bytes));
  }

  openStretch(bytes: Bytes, from: number): Stretch {
    const to = measureStretch(bytes, from);
    const stretch = bytes.subarray(from, to);
    if (isAscii(stretch)) {
      return { to, text: (bytes as SliceableBytes).latin1Slice(from, to), isAsciiOnly: false, isValid: true };
    }
    const text = this.#decode(stretch);
    const isValid = !text.includes('\ufffd');
    return { to, text: isValid ? text : undefined, isAsciiOnly: false, isValid };
  }

  findLineFeed(bytes: Bytes, from: number): number {
    return bytes.indexOf(LINE_FEED, from);
  }

  isCarriageReturn(bytes: Bytes, at: number): boolean {
    return bytes[at] === CARRIAGE_RETURN;
  }

  decode(bytes: Bytes, from: number, to: number): string {
    return this.#decode(bytes.subarray(from, to));
  }

  /** Finds the first byte that stands for no character: it comes out as U+FFFD, which none of these encodings has. */
  findInvalid(bytes: Bytes, from: number, to: number): number {
    return this.decode(bytes, from, to).indexOf('\ufffd') + 1;
  }

  decodeRaw(bytes: Bytes, from: number, to: number): string {
    return (bytes as SliceableBytes).latin1Slice(from, to);
  }
}

/** Characters at 0x80 to 0x9F, where windows-1252 differs from Latin-1. */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/** Decodes windows-1252 without a `TextDecoder`, since that of Node 20 takes it for Latin-1. */
function decodeWindows1252(bytes: Bytes): string {
  const text = bytes.toString('latin1');
  // oxlint-disable-next-line no-control-regex
  return text.replace(
    /[\u0080-\u009f]/g,
    (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] as string,
  );
}
