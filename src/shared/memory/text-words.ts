import { PLACE_BYTES } from './layout.ts';

/** Bytes of memory for texts that are looked up; a longer one has memory of its own. */
const USUAL_BYTES = 4096;

/** Writes each character of a text as a byte; returns whether there is one beyond U+00FF, so that bytes do not do. */
export function writeNarrow(bytes: Uint8Array, from: number, text: string): boolean {
  let all = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    bytes[from + at] = code;
    all |= code;
  }
  return all > 0xff;
}

/** Hashes words, of a number or of a text. All of the 31 bits are good to choose a slot. */
export function hashWords(words: Uint32Array, from: number, to: number): number {
  let hash = 0;
  for (let at = from; at < to; at++) {
    hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ (words[at] as number), 0x9e_37_79_b1);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 1;
}

/** Hashes the text at a place, as it is hashed when it is looked up. */
export function hashText(words: Uint32Array, place: number): number {
  const from = place * 2;
  const length = words[from] as number;
  const bytes = words[from + 1] === 0 ? length : 2 * length;
  return hashWords(words, from, from + 2 + ((bytes + 3) >>> 2));
}

/** A text that is looked up, in the form in which memory holds texts: hashed and compared four bytes at a time. */
export class TextWords {
  #words: Uint32Array = new Uint32Array(USUAL_BYTES / 4);
  #bytes: Buffer = Buffer.from(this.#words.buffer);
  #count = 0;

  set(text: string): void {
    const { length } = text;
    const most = PLACE_BYTES + 2 * length;
    if (most > this.#bytes.length || this.#bytes.length > USUAL_BYTES) this.#open(most);
    const bytes = this.#bytes;
    const isWide = writeNarrow(bytes, PLACE_BYTES, text);
    let end = PLACE_BYTES + length;
    if (isWide) end = PLACE_BYTES + bytes.write(text, PLACE_BYTES, 'utf16le');
    while ((end & 3) !== 0) bytes[end++] = 0;
    this.#words[0] = length;
    this.#words[1] = Number(isWide);
    this.#count = end >>> 2;
  }

  hash(): number {
    return hashWords(this.#words, 0, this.#count);
  }

  /** Returns whether the text is the one that begins with a word of some memory. */
  isAt(all: Uint32Array, from: number): boolean {
    const words = this.#words;
    const count = this.#count;
    for (let at = 0; at < count; at++) if (all[from + at] !== words[at]) return false;
    return true;
  }

  #open(most: number): void {
    this.#words = new Uint32Array(Math.max(USUAL_BYTES / 4, Math.ceil(most / 4)));
    this.#bytes = Buffer.from(this.#words.buffer);
  }
}
