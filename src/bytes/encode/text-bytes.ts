const { Buffer } = process.getBuiltinModule('node:buffer');

/**
 * Length from which a line becomes bytes by itself. Shorter ones are gathered: a call for each would cost 70 ns more.
 * Where text is not plain the length is another: one character beyond Latin-1 makes all gathered text twice as wide.
 */
const LONG_LINE = 256;
const LONG_WIDE_LINE = 100;
/** Number of plain lines behind one that is not after which text counts as plain. */
const PLAIN_AFTER = 64;
/** Length at which gathered text becomes bytes. */
const FLUSH_AT = 8 * 1024;
const FIRST_SIZE = 64 * 1024;
const LINE_FEED = 10;

/** Bytes with a call that Node's types leave out: `write` without its checks of the arguments. */
type WritableBytes = Buffer & { utf8Write(text: string, at: number): number };

const NO_BYTES = Buffer.alloc(0) as WritableBytes;

/** Gathers lines that become UTF-8, in memory that is used again or was lent. */
export class TextBytes {
  #buffer: WritableBytes = NO_BYTES;
  /** Whether the buffer is memory that was lent. */
  #isLent = false;
  /** Bytes of the next buffer. */
  #next = FIRST_SIZE;
  #size = 0;
  #text = '';
  /** Number of plain lines that are to come until text counts as plain. */
  #plainIn = 0;
  /** Place of the savepoint: `#savepointSize` bytes, and `#savepointText` characters of the text that is no bytes yet. */
  #savepointSize = 0;
  #savepointText = 0;

  /** Approximate number of bytes that are held: exact where the text is ASCII. */
  get length(): number {
    return this.#size + this.#text.length;
  }

  /** Adds a line, which is given without its end. */
  addLine(text: string): void {
    if (text.length < (this.#plainIn > 0 ? LONG_WIDE_LINE : LONG_LINE)) {
      this.#text += `${text}\n`;
      if (this.#text.length >= FLUSH_AT) this.#flush();
      return;
    }
    if (this.#text !== '') this.#flush();
    if (this.#plainIn > 0) this.#plainIn--;
    this.#put(text, 1);
    this.#buffer[this.#size++] = LINE_FEED;
  }

  savepoint(): void {
    this.#savepointSize = this.#size;
    this.#savepointText = this.#text.length;
  }

  rollBack(): void {
    this.#size = this.#savepointSize;
    this.#text = this.#text.slice(0, this.#savepointText);
  }

  /** Takes the bytes, and begins anew in memory of its own. */
  take(): Uint8Array {
    this.#flush();
    const size = this.#size;
    const buffer = this.#buffer;
    const isLent = this.#isLent;
    this.reset();
    if (isLent) return new Uint8Array(buffer.buffer, 0, size);
    if (2 * size < buffer.length || size === 0) return new Uint8Array(buffer.subarray(0, size));
    // The buffer is handed over as it is: a copy would cost its memory as well.
    this.#next = Math.max(FIRST_SIZE, Math.ceil(size * 1.125));
    this.#buffer = NO_BYTES;
    return new Uint8Array(buffer.buffer, 0, size);
  }

  /** @param memory - Memory for what comes, as far as there is room in it. `@defaultValue` memory of its own */
  reset(memory?: SharedArrayBuffer): void {
    this.#size = 0;
    this.#text = '';
    this.#savepointSize = 0;
    this.#savepointText = 0;
    if (memory !== undefined) this.#buffer = Buffer.from(memory) as WritableBytes;
    else if (this.#isLent) this.#buffer = NO_BYTES;
    this.#isLent = memory !== undefined;
  }

  #flush(): void {
    if (this.#text === '') return;
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

  /** @param more - Bytes that there must be room for behind the text. */
  #put(text: string, more = 0): void {
    // A character takes at most three bytes, and a pair of surrogates four.
    const most = text.length * 3 + more;
    if (this.#buffer.length - this.#size < most) this.#grow(this.#size + most);
    const length = this.#buffer.utf8Write(text, this.#size);
    this.#size += length;
    if (length !== text.length) this.#plainIn = PLAIN_AFTER;
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(least, 2 * this.#buffer.length, this.#next));
    this.#buffer.copy(larger, 0, 0, this.#size);
    this.#buffer = larger as WritableBytes;
    this.#isLent = false;
  }
}
