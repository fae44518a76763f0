import { FIRST_TAGGED, HIGH, LOW, PLACE_BYTES } from '../memory/layout.ts';

/** Memory that grows while values are written into it. */
export class Builder {
  #places = 0;
  #words: Uint32Array = new Uint32Array(2048);
  #numbers: Float64Array = new Float64Array(this.#words.buffer);
  #bytes: Buffer = Buffer.from(this.#words.buffer);

  /** Allocates that many bytes, all of them 0, and returns their place. */
  allocate(bytes: number): number {
    const place = this.#places;
    this.#places += Math.ceil(bytes / PLACE_BYTES);
    if (this.#places > 2 ** 32) throw new RangeError('The value takes more than 32 GB: share parts of it.');
    if (this.#places > this.#numbers.length) this.#grow();
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

  getWord(at: number): number {
    return this.#words[at] as number;
  }

  setBytes(place: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, place * PLACE_BYTES);
  }

  setText(place: number, text: string, isWide: boolean): void {
    this.#bytes.write(text, place * PLACE_BYTES, isWide ? 'utf16le' : 'latin1');
  }

  finish(): SharedArrayBuffer {
    const bytes = this.#places * PLACE_BYTES;
    const memory = new SharedArrayBuffer(bytes);
    new Uint8Array(memory).set(this.#bytes.subarray(0, bytes));
    return memory;
  }

  #grow(): void {
    const larger = new Uint32Array(Math.max(this.#places, this.#numbers.length * 2) * 2);
    larger.set(this.#words);
    this.#words = larger;
    this.#numbers = new Float64Array(larger.buffer);
    this.#bytes = Buffer.from(larger.buffer);
  }
}
