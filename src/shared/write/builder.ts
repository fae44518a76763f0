import { FIRST_TAGGED, HIGH, LOW, PLACE_BYTES } from '../memory/layout.ts';
import { writeNarrow } from '../memory/text-words.ts';

/** Memory that grows while values are written into it. */
export class Builder {
  #places = 0;
  #words: Uint32Array = new Uint32Array(new SharedArrayBuffer(8192));
  #numbers: Float64Array = new Float64Array(this.#words.buffer);
  #bytes: Buffer = Buffer.from(this.#words.buffer);

  /** The place behind all that is allocated. */
  get end(): number {
    return this.#places;
  }

  /** Makes room for that many places beyond the end, so that memory that grows is not copied on the way. */
  reserve(places: number): void {
    const all = this.#places + places;
    if (all > this.#numbers.length) this.#move(all);
  }

  /** Allocates that many bytes, all of them 0, and returns their place. */
  allocate(bytes: number): number {
    const place = this.#places;
    this.#places += Math.ceil(bytes / PLACE_BYTES);
    if (this.#places > 2 ** 32) throw new RangeError('The value takes more than 32 GB: share parts of it.');
    if (this.#places > this.#numbers.length) this.#move(Math.max(this.#places, this.#numbers.length * 2));
    return place;
  }

  setWords(place: number, first: number, second: number): void {
    this.#words[place * 2] = first;
    this.#words[place * 2 + 1] = second;
  }

  setTagged(place: number, tag: number, low: number): void {
    this.#words[place * 2 + HIGH] = (FIRST_TAGGED | tag) >>> 0;
    this.#words[place * 2 + LOW] = low;
  }

  setNumber(place: number, value: number): void {
    this.#numbers[place] = value;
    // A NaN may have been stored in any of its many bit patterns, those of tags among them.
    if (Number.isNaN(value)) this.setTagged(place, 0, 0);
  }

  /** The words as they stand, until more is allocated. */
  get words(): Uint32Array {
    return this.#words;
  }

  setBytes(place: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, place * PLACE_BYTES);
  }

  /** Writes a text behind all that is allocated, and returns its place. */
  addText(text: string): number {
    const { length } = text;
    const place = this.allocate(PLACE_BYTES + length);
    const from = (place + 1) * PLACE_BYTES;
    const isWide = writeNarrow(this.#bytes, from, text);
    if (isWide) {
      this.#places = place;
      this.allocate(PLACE_BYTES + 2 * length);
      this.#bytes.write(text, from, 'utf16le');
    }
    this.setWords(place, length, Number(isWide));
    return place;
  }

  /** Notes the cell of a key in a free slot of its table, as near to where its hash belongs as there is one. */
  fillSlot(table: number, slots: number, hash: number, cell: number): void {
    const words = this.#words;
    const mask = slots - 1;
    let slot = hash & mask;
    while (words[(table + 1 + slot) * 2 + 1] !== 0) slot = (slot + 1) & mask;
    this.setWords(table + 1 + slot, hash, cell - table);
  }

  /** Returns the memory. What it has beyond the value, at most an eighth of it, was never written to. */
  finish(): SharedArrayBuffer {
    const used = this.#places;
    if (this.#numbers.length - used > used / 8) this.#move(used);
    return this.#words.buffer as SharedArrayBuffer;
  }

  #move(places: number): void {
    const larger = new Uint32Array(new SharedArrayBuffer(places * PLACE_BYTES));
    larger.set(this.#words.subarray(0, Math.min(larger.length, this.#words.length)));
    this.#words = larger;
    this.#numbers = new Float64Array(larger.buffer);
    this.#bytes = Buffer.from(larger.buffer);
  }
}
