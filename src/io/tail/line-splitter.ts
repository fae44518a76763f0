import { crc32 } from '../../journal/lines/crc.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BOM = '\ufeff';
/** Number of bytes before a line's end that tell the file from another. */
const DIGESTED = 256;
const NOTHING = Buffer.alloc(0);

/** The end of a line: a run that goes on behind it finds the file by the bytes that stand before. */
export interface LineEnd {
  readonly offset: number;
  /** CRC-32 of up to 256 bytes before the end. */
  readonly digest: number;
}

/** The beginning of the bytes that are split, in their file. */
export interface Beginning {
  /** Whether the ends of lines are to be known. `@defaultValue` false */
  readonly isTracked?: boolean;
  readonly at?: number;
  /** Bytes before `at`: as many as are digested. */
  readonly before?: Buffer;
}

/**
 * Cuts bytes that come in pieces into lines. Characters may be split between pieces: lines are decoded whole. NULs at the
 * start of a line are passed over: they are the hole that a writer leaves in a file that was cut under it. So is a byte order mark
 * at the start of the file.
 */
export class LineSplitter {
  readonly #most: number;
  readonly #isTracked: boolean;
  #rest: Buffer[] = [];
  #length = 0;
  /** Whether the line has begun in a piece that was given already. */
  #isCut = false;
  /** Offset of the next byte that comes. */
  #at = 0;
  /** Whether the next line is the first of the file. */
  #isFirst: boolean;
  /** Bytes that were read last, for the digest: they end before `#at`. */
  #last: Buffer = NOTHING;
  #end: LineEnd = { offset: 0, digest: 0 };

  /** @param most - Most bytes of a line; a longer one comes in pieces of about this size, cut between characters. */
  constructor(most: number, { isTracked = false, at = 0, before = NOTHING }: Beginning = {}) {
    this.#most = most;
    this.#isTracked = isTracked;
    this.#at = at;
    this.#isFirst = at === 0;
    this.#last = before;
    this.#end = { offset: at, digest: isTracked ? crc32(before) : 0 };
  }

  /** End of the line that was given last, or the place where the first begins. */
  get lineEnd(): LineEnd {
    return this.#end;
  }

  *split(bytes: Buffer): Generator<string> {
    let from = 0;
    for (;;) {
      if (this.#length === 0 && !this.#isCut) while (bytes[from] === 0) from++;
      const end = bytes.indexOf(LINE_FEED, from);
      if (end < 0) break;
      const line = this.#finish(bytes.subarray(from, end));
      from = end + 1;
      if (line !== undefined) yield this.#give(line, bytes, from);
    }
    // The rest is copied, as the memory of the piece is used again.
    if (from < bytes.length) this.#keep(Buffer.from(bytes.subarray(from)));
    if (this.#length >= this.#most) {
      const piece = this.#cut();
      if (piece !== '') yield this.#give(piece, bytes, bytes.length - this.#length);
    }
    if (this.#isTracked) this.#last = lastBytes(this.#last, bytes, bytes.length);
    this.#at += bytes.length;
  }

  /** Gives the last line, where it has no end. */
  *end(): Generator<string> {
    const line = this.#length > 0 ? this.#finish(NOTHING) : undefined;
    if (line !== undefined) yield this.#give(line, NOTHING, 0);
  }

  /** Begins anew: the bytes that come next are the start of a file again. */
  reset(): void {
    this.#forget();
    this.#at = 0;
    this.#isFirst = true;
    this.#last = NOTHING;
  }

  #forget(): void {
    this.#rest = [];
    this.#length = 0;
    this.#isCut = false;
  }

  #give(text: string, bytes: Buffer, to: number): string {
    const line = this.#isFirst && text.startsWith(BOM) ? text.slice(1) : text;
    this.#isFirst = false;
    if (this.#isTracked) {
      this.#end = { offset: this.#at + to, digest: crc32(lastBytes(this.#last, bytes, to)) };
    }
    return line;
  }

  #keep(bytes: Buffer): void {
    this.#rest.push(bytes);
    this.#length += bytes.length;
  }

  #join(last: Buffer): Buffer {
    return this.#rest.length === 0 ? last : Buffer.concat([...this.#rest, last]);
  }

  /** Takes a line to its end; `undefined` when all of it was given in pieces. */
  #finish(last: Buffer): string | undefined {
    const whole = this.#join(last);
    const wasCut = this.#isCut;
    this.#forget();
    const end = whole.at(-1) === CARRIAGE_RETURN ? whole.length - 1 : whole.length;
    return wasCut && end === 0 ? undefined : whole.toString('utf8', 0, end);
  }

  #cut(): string {
    const whole = this.#join(NOTHING);
    const end = findCut(whole);
    const isCut = this.#isCut || end > 0;
    this.#forget();
    this.#isCut = isCut;
    if (end < whole.length) this.#keep(whole.subarray(end));
    return whole.toString('utf8', 0, end);
  }
}

/** Returns the last bytes before `to`, of a piece and of the bytes that came before it. */
function lastBytes(before: Buffer, bytes: Buffer, to: number): Buffer {
  // A piece of a long line may end before these bytes.
  if (to < 0) return Buffer.from(before.subarray(0, before.length + to));
  if (to >= DIGESTED) return Buffer.from(bytes.subarray(to - DIGESTED, to));
  const missing = DIGESTED - to;
  return Buffer.concat([before.subarray(Math.max(0, before.length - missing)), bytes.subarray(0, to)]);
}

/** Returns the digest of the bytes before an offset, where a file holds at least so many. */
export function digestBefore(bytes: Buffer): number {
  return crc32(bytes);
}

/** Returns the number of bytes before an offset that are digested. */
export function countDigested(offset: number): number {
  return Math.min(offset, DIGESTED);
}

/**
 * Finds a place to cut: before a character that has not come to its end, and before what may become the end of the
 * line.
 */
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
