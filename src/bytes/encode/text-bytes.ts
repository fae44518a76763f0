const { Buffer } = process.getBuiltinModule('node:buffer');

/** Length at which gathered text becomes bytes at once: a call for each record costs more. */
const FLUSH_AT = 16 * 1024;
const FIRST_SIZE = 64 * 1024;

/** Gathers text that becomes UTF-8, in memory that is used again. */
export class TextBytes {
  #buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_SIZE);
  #size = 0;
  #text = '';
  /** Place of the savepoint: `#savepointSize` bytes, and `#savepointText` characters of the text that is no bytes yet. */
  #savepointSize = 0;
  #savepointText = 0;

  /** Approximate number of bytes that are held: exact where the text is ASCII. */
  get length(): number {
    return this.#size + this.#text.length;
  }

  add(text: string): void {
    this.#text += text;
    if (this.#text.length >= FLUSH_AT) this.#flush();
  }

  savepoint(): void {
    this.#savepointSize = this.#size;
    this.#savepointText = this.#text.length;
  }

  rollBack(): void {
    this.#size = this.#savepointSize;
    this.#text = this.#text.slice(0, this.#savepointText);
  }

  take(): Uint8Array<ArrayBuffer> {
    this.#flush();
    const size = this.#size;
    const buffer = this.#buffer;
    this.reset();
    if (2 * size >= buffer.length) {
      // The buffer is handed over as it is: a copy would cost its memory as well.
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(FIRST_SIZE, Math.ceil(size * 1.125)));
      return new Uint8Array(buffer.buffer as ArrayBuffer, 0, size);
    }
    return new Uint8Array(buffer.subarray(0, size));
  }

  reset(): void {
    this.#size = 0;
    this.#text = '';
    this.#savepointSize = 0;
    this.#savepointText = 0;
  }

  #flush(): void {
    // A savepoint that stands in the text is found again in the bytes.
    if (this.#savepointText > 0) {
      const before = this.#text.slice(0, this.#savepointText);
      const after = this.#text.slice(this.#savepointText);
      this.#put(before);
      this.#savepointSize = this.#size;
      this.#savepointText = 0;
      this.#put(after);
    } else this.#put(this.#text);
    this.#text = '';
  }

  #put(text: string): void {
    // A character takes at most three bytes, and a pair of surrogates four.
    const most = text.length * 3;
    if (this.#buffer.length - this.#size < most) this.#grow(this.#size + most);
    this.#size += this.#buffer.write(text, this.#size, 'utf8');
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(least, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#size);
    this.#buffer = larger;
  }
}
