import { Readable } from 'node:stream';
import * as fc from 'fast-check';

/** Encoding of a text. All can write ASCII, é and €. */
export interface Written {
  /** Name of the encoding that the source is told. */
  readonly encoding: string | undefined;
  readonly name: string;
  /** With a byte order mark, where that tells the encoding. */
  readonly write: (text: string) => Buffer;
}

const writeWide = (text: string): Buffer => Buffer.from(text, 'utf16le');
const writeSwapped = (text: string): Buffer => writeWide(text).swap16();

/** Encodings with a writer of their own: Node has none for most of them. */
export const writings: readonly Written[] = [
  { encoding: undefined, name: 'utf-8', write: (text) => Buffer.from(text) },
  { encoding: 'utf-8', name: 'utf-8', write: (text) => Buffer.from(text) },
  { encoding: undefined, name: 'utf-16le', write: (text) => writeWide(`\ufeff${text}`) },
  { encoding: undefined, name: 'utf-16be', write: (text) => writeSwapped(`\ufeff${text}`) },
  { encoding: 'utf-16le', name: 'utf-16le', write: writeWide },
  { encoding: 'utf-16be', name: 'utf-16be', write: writeSwapped },
  { encoding: 'iso-8859-15', name: 'iso-8859-15', write: (text) => toBytes(text, { '€': 0xa4 }) },
  { encoding: 'macintosh', name: 'macintosh', write: (text) => toBytes(text, { é: 0x8e, '€': 0xdb }) },
  // Windows-1253 has bytes that are no character.
  { encoding: 'windows-1253', name: 'windows-1253', write: (text) => toBytes(text, { é: 0xe1, '€': 0x80 }) },
];

function toBytes(text: string, special: Readonly<Record<string, number>>): Buffer {
  return Buffer.from(Array.from(text, (character) => special[character] ?? character.charCodeAt(0)));
}

/** A stream that gives its bytes in pieces of these sizes, in turn. */
export function inPieces(whole: Uint8Array, sizes: readonly number[]): Readable {
  const pieces: Uint8Array[] = [];
  for (let from = 0, turn = 0; from < whole.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(whole.subarray(from, from + size));
    from += size;
  }
  return Readable.from(pieces, { objectMode: true });
}

export interface Sizes {
  readonly block: number;
  readonly pieces: readonly number[] | undefined;
}

/** Sizes of blocks, and of the pieces of a stream; `undefined` for bytes in memory. */
export const sizes: fc.Arbitrary<Sizes> = fc.record({
  block: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(1024, 65_536, 1_048_576)),
  pieces: fc.option(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 }), {
    nil: undefined,
  }),
});

/** Long pieces come in pieces of their own length: a file of 70,000 bytes byte by byte takes its time. */
export function openText(bytes: Uint8Array, { pieces }: Sizes): Uint8Array | Readable {
  if (pieces === undefined) return bytes;
  return inPieces(bytes, bytes.length < 5000 ? pieces : pieces.map((size) => size * 1000 + 1));
}
