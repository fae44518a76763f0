const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const NOTHING = Buffer.alloc(0);

/** Cuts bytes that come in pieces into lines. Characters may be split between pieces: lines are decoded whole. */
export class LineSplitter {
  readonly #most: number;
  #rest: Buffer[] = [];
  #length = 0;
  /** Whether the line has begun in a piece that was given already. */
  #isCut = false;

  /** @param most - A line with more bytes comes in pieces of about this size, cut between characters. */
  constructor(most: number) {
    this.#most = most;
  }

  *split(bytes: Buffer): Generator<string> {
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, from);
      if (end < 0) break;
      const line = this.#finish(bytes.subarray(from, end));
      if (line !== undefined) yield line;
      from = end + 1;
    }
    // A copy: the memory of the piece is used again.
    if (from < bytes.length) this.#keep(Buffer.from(bytes.subarray(from)));
    if (this.#length >= this.#most) {
      const piece = this.#cut();
      if (piece !== '') yield piece;
    }
  }

  /** The last line, where it has no end. */
  *end(): Generator<string> {
    const line = this.#length > 0 ? this.#finish(NOTHING) : undefined;
    if (line !== undefined) yield line;
  }

  reset(): void {
    this.#rest = [];
    this.#length = 0;
    this.#isCut = false;
  }

  #keep(bytes: Buffer): void {
    this.#rest.push(bytes);
    this.#length += bytes.length;
  }

  #join(last: Buffer): Buffer {
    return this.#rest.length === 0 ? last : Buffer.concat([...this.#rest, last]);
  }

  /** `undefined` when all of the line was given in pieces. */
  #finish(last: Buffer): string | undefined {
    const whole = this.#join(last);
    const wasCut = this.#isCut;
    this.reset();
    const end = whole.at(-1) === CARRIAGE_RETURN ? whole.length - 1 : whole.length;
    return wasCut && end === 0 ? undefined : whole.toString('utf8', 0, end);
  }

  #cut(): string {
    const whole = this.#join(NOTHING);
    const end = findCut(whole);
    const isCut = this.#isCut || end > 0;
    this.reset();
    this.#isCut = isCut;
    if (end < whole.length) this.#keep(whole.subarray(end));
    return whole.toString('utf8', 0, end);
  }
}

/** Before a character that has not come to its end, and before what may become the end of the line. */
function findCut(bytes: Buffer): number {
  const { length } = bytes;
  if (bytes[length - 1] === CARRIAGE_RETURN) return length - 1;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] as number;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return size > back ? length - back : length;
  }
  return length;
}
