/** Text is written to memory in pieces of this many characters: few enough to be flat at little cost. */
const PIECE = 16_384;

/** Text that becomes bytes, in memory that was allocated once and is used again for the next block. */
export class TextOutput {
  #memory: Buffer<ArrayBuffer>;
  #at = 0;
  #text = '';

  /** @param spare - Memory that is free again. `size` bytes are allocated when there is none, or too little. */
  constructor(spare: ArrayBuffer | undefined, size: number) {
    const memory = spare !== undefined && spare.byteLength >= size ? spare : new ArrayBuffer(size);
    this.#memory = Buffer.from(memory);
  }

  add(text: string): void {
    this.#text += text;
    if (this.#text.length >= PIECE) this.#flush();
  }

  /** All that was added. */
  finish(): Buffer<ArrayBuffer> {
    this.#flush();
    return this.#memory.subarray(0, this.#at);
  }

  #flush(): void {
    const needed = this.#at + this.#text.length * 3;
    if (needed > this.#memory.length) {
      const larger = Buffer.from(new ArrayBuffer(needed * 2));
      this.#memory.copy(larger, 0, 0, this.#at);
      this.#memory = larger;
    }
    this.#at += this.#memory.write(this.#text, this.#at);
    this.#text = '';
  }
}

/** Makes one block of another, in memory of its own: that of `spare` where it is enough. */
export type Transform = (bytes: Buffer<ArrayBuffer>, spare: ArrayBuffer | undefined) => Buffer<ArrayBuffer>;
