/** Keys as words of four bytes, one behind the other. */
export interface KeyWords {
  /** UTF-8 of all keys, each filled up to whole words with bytes that no text has. */
  readonly words: Int32Array;
  /** Word with which each key begins, and that behind the last one. */
  readonly starts: Int32Array;
  readonly hashes: Int32Array;
}

/** A byte that stands nowhere in UTF-8, and so tells where a key ends within its last word. */
export const FILL = 0xff;
const IS_BIG_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

/** Bytes with calls that Node's types leave out. */
export type Bytes = Buffer & {
  utf8Write(text: string, at: number): number;
  utf8Slice(from: number, to: number): string;
};

const { Buffer } = process.getBuiltinModule('node:buffer');
// This function is taken now, since tasks may replace it.
const { imul } = Math;

/** Views words as the bytes that they are. */
export function bytesOf({ buffer }: Int32Array<ArrayBuffer>): Bytes {
  return Buffer.from(buffer) as Bytes;
}

/** Reads a key, given the words of all as bytes, and where each begins. */
export function readKey(bytes: Buffer, starts: Int32Array, key: number): string {
  const from = (starts[key] as number) * 4;
  let to = (starts[key + 1] as number) * 4;
  while (to > from && bytes[to - 1] === FILL) to--;
  return (bytes as Bytes).utf8Slice(from, to);
}

/** Hashes words: the same bytes have the same hash on each machine. */
export function hashWords(words: Int32Array, from: number, to: number, seed: number): number {
  let hash = seed;
  for (let at = from; at < to; at++) {
    const word = words[at] as number;
    hash = imul(((hash << 5) | (hash >>> 27)) ^ (IS_BIG_ENDIAN ? swapBytes(word) : word), 0x9e3779b1);
  }
  // Each bit counts for all others: the upper ones tell the part, and the lower ones the place.
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function swapBytes(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
