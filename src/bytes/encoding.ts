import { optionError } from '../options/check.ts';
import { describeValue } from '../errors/describe.ts';

/** The encoding of a text. Plain data: it goes to the workers with each block. */
export type Encoding =
  | { readonly kind: 'utf-8' }
  | { readonly kind: 'utf-16'; readonly isBigEndian: boolean }
  /** An encoding in which each byte is one character, and the lower half is ASCII. */
  | { readonly kind: 'single-byte'; readonly name: string }
  /**
   * An encoding whose characters cannot be told apart from the middle of a file: the text is made UTF-8 as it is read.
   */
  | { readonly kind: 'transcoded'; readonly name: string };

export const UTF_8: Encoding = { kind: 'utf-8' };

const SINGLE_BYTE =
  /^(ibm866|iso-8859-\d+(-i)?|koi8-[ru]|macintosh|windows-(874|125\d)|x-mac-cyrillic|x-user-defined)$/;

/** Finds the encoding of a name that `TextDecoder` knows. Throws a `TypeError` for another name. */
export function resolveEncoding(label: unknown): Encoding {
  let name: string | undefined;
  try {
    if (typeof label === 'string') name = new TextDecoder(label).encoding;
  } catch {
    // The error is thrown below.
  }
  if (name === undefined) {
    throw optionError(
      `Expected \`encoding\` to be one that TextDecoder knows here, such as 'utf-16le' or 'windows-1252', got ${describeValue(label)}.`,
    );
  }
  if (name === 'utf-8') return UTF_8;
  if (name === 'utf-16le' || name === 'utf-16be') return { kind: 'utf-16', isBigEndian: name === 'utf-16be' };
  return { kind: SINGLE_BYTE.test(name) ? 'single-byte' : 'transcoded', name };
}

/** Returns the name that messages have for an encoding. */
export function nameEncoding(encoding: Encoding): string {
  if (encoding.kind === 'utf-8') return 'UTF-8';
  return encoding.kind === 'utf-16' ? 'UTF-16' : encoding.name;
}

/** Returns the number of bytes of the smallest part of a text. */
export function unitOf(encoding: Encoding): 1 | 2 {
  return encoding.kind === 'utf-16' ? 2 : 1;
}

/** Returns the encoding that the first bytes of a text tell of: UTF-16 has a mark, and all else is UTF-8. */
export function readEncodingBom([a, b, c, d]: Uint8Array): Encoding {
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) {
    throw new TypeError('it is UTF-32, which cannot be read: make it UTF-8, with iconv -f UTF-32 -t UTF-8.');
  }
  if (a === 0xff && b === 0xfe) return { kind: 'utf-16', isBigEndian: false };
  if (a === 0xfe && b === 0xff) return { kind: 'utf-16', isBigEndian: true };
  return UTF_8;
}

/** Returns the number of bytes that a byte order mark takes at the start of a text; 0 where there is none. */
export function measureBom(encoding: Encoding, [a, b, c]: Uint8Array): number {
  switch (encoding.kind) {
    case 'utf-16':
      if (encoding.isBigEndian) return a === 0xfe && b === 0xff ? 2 : 0;
      return a === 0xff && b === 0xfe ? 2 : 0;
    case 'single-byte':
      return 0;
    case 'utf-8':
    case 'transcoded':
      return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
  }
}
