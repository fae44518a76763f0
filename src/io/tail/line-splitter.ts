const LINE_FEED = 10;

/** Cuts bytes that come in pieces into lines. Characters may be split between pieces: lines are decoded whole. */
export class LineSplitter {
  readonly #most: number;
  #rest: Buffer[] = [];
  #length = 0;

  /** @param most - A line with more bytes comes in pieces of this size. */
  constructor(most: number) {
    this.#most = most;
  }

  *split(bytes: Buffer): Generator<string> {
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, from);
      if (end < 0) break;
      yield this.#finish(bytes.subarray(from, end));
      from = end + 1;
    }
    // A copy: the memory of the piece is used again.
    if (from < bytes.length) this.#keep(Buffer.from(bytes.subarray(from)));
    if (this.#length >= this.#most) yield this.#finish(Buffer.alloc(0));
  }

  /** The last line, where it has no end. */
  *end(): Generator<string> {
    if (this.#length > 0) yield this.#finish(Buffer.alloc(0));
  }

  reset(): void {
    this.#rest = [];
    this.#length = 0;
  }

  #keep(bytes: Buffer): void {
    this.#rest.push(bytes);
    this.#length += bytes.length;
  }

  #finish(last: Buffer): string {
    const whole = this.#rest.length === 0 ? last : Buffer.concat([...this.#rest, last]);
    this.reset();
    const end = whole.at(-1) === 13 ? whole.length - 1 : whole.length;
    return whole.toString('utf8', 0, end);
  }
}
