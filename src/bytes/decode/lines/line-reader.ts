import type { Block } from '../../block.ts';
import { MalformedError } from './decoder.ts';
import { AsciiRuns } from '../text/ascii-runs.ts';
import type { Bytes, Codec } from '../text/codec.ts';
import { getCodec } from '../text/get-codec.ts';

const { Buffer } = process.getBuiltinModule('node:buffer');

/** Most bytes of a record that are shown where it has failed. */
const SHOWN = 64 * 1024;
const CARRIAGE_RETURN = 13;
/** More characters than the longest text has. */
const ALL = 2 ** 30 - 1;

/** A line within a text, from one character up to another. */
export interface Span {
  text: string;
  from: number;
  to: number;
  /** Number of the text among those of many lines, by which it is known sooner than by itself; -1 for a line's own. */
  stretch: number;
  /** Place of a delimiter in the text that is known to whoever cuts the line; -1 in a new text. */
  delimiter: number;
}

/** Reads the lines of a block straight from its bytes, one at a time. */
export class LineReader {
  /**
   * Number in the block, from 0, of the line that was read last; `start` is its first byte, and `end` the line end that
   * it had.
   */
  line = -1;
  start = 0;
  end: '' | '\n' | '\r\n' = '';
  /** Place of the line that was found last, without its end: its text stands within that of many lines. */
  readonly span: Span = { text: '', from: 0, to: 0, stretch: 0, delimiter: -1 };

  /** Set where the block is the beginning of a record that cannot be read, and so holds no other record. */
  readonly broken: Block['broken'];
  readonly #bytes: Bytes;
  /** Way from bytes to text, which says how many bytes a character of the text has. */
  readonly codec: Codec;
  /** First byte of the next line. */
  next: number;
  /** Text of the stretch that is being read, where the stretch became text at once; `#stretch` is its number. */
  #text: string | undefined;
  #stretch = 0;
  /** Number of characters of the text up to which all, or all behind the line that was read last, are those of the file. */
  plain = 0;
  readonly #ascii: AsciiRuns;
  /** First byte of the text of many lines. */
  origin = 0;
  #to = 0;
  #isValid = true;

  constructor({ bytes, bom, encoding, broken }: Block) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.codec = getCodec(encoding);
    this.#ascii = new AsciiRuns(this.#bytes);
    this.broken = broken;
    this.next = bom;
  }

  /** Position of the next line, in bytes. */
  get position(): number {
    return Math.min(this.next, this.#bytes.length);
  }

  /** Number of lines of the block, once all were read. */
  get lines(): number {
    return this.broken === undefined ? this.line + 1 : this.broken.lines;
  }

  /** Reads the next line, without its end; `undefined` when there is none. Throws `MalformedError`. */
  read(): string | undefined {
    if (!this.readPlain() && !this.readOther()) return undefined;
    const { text, from, to } = this.span;
    return text.slice(from, to);
  }

  /** Whether all lines of the text that was made last are read. */
  get isThrough(): boolean {
    return this.next >= this.#to;
  }

  /**
   * Makes the text of the next lines, where those of the one before are read. Returns whether there is such a text;
   * otherwise lines are read one by one, or none is left.
   */
  openText(): boolean {
    if (this.next >= this.#bytes.length) return false;
    if (this.next >= this.#to) this.#openStretch();
    if (this.#text === undefined) return false;
    // A loop of a decoder's own goes by the span, which may stand in the text of one line.
    if (this.span.stretch !== this.#stretch) this.#point(this.#text, this.#stretch);
    return true;
  }

  /**
   * Finds the next line, without making a text of it alone, and notes its place in `span`, where its text stands within
   * that of many lines: most do. Returns false where it does not, or where there is none.
   */
  readPlain(): boolean {
    const start = this.next;
    const text = this.#text;
    if (text === undefined || start >= this.#to) return false;
    const { span } = this;
    const { shift } = this.codec;
    const from = (start - this.origin) >> shift;
    let to = text.indexOf('\n', from);
    const isEnded = to >= 0;
    if (!isEnded) to = text.length;
    if (to > this.plain) return false;
    this.line++;
    this.start = start;
    this.end = isEnded ? '\n' : '';
    this.next = this.origin + ((to + 1) << shift);
    if (isEnded && to > from && text.charCodeAt(to - 1) === CARRIAGE_RETURN) {
      this.end = '\r\n';
      to--;
    }
    if (span.stretch !== this.#stretch) this.#point(text, this.#stretch);
    span.from = from;
    span.to = to;
    return true;
  }

  /**
   * Finds the next line where `readPlain` has found none: one with text of its own, or the first of a stretch. Returns
   * whether there is one. Throws `MalformedError`.
   */
  readOther(): boolean {
    const start = this.next;
    if (start >= this.#bytes.length) return false;
    if (start >= this.#to) {
      this.#openStretch();
      if (this.readPlain()) return true;
    }
    this.line++;
    this.start = start;
    const text = this.#readBytes(start);
    if (this.#text !== undefined) this.plain = this.#ascii.findEnd(this.next, this.#to) - this.origin;
    this.#point(text, -1);
    this.span.from = 0;
    this.span.to = text.length;
    return true;
  }

  /** Counts the bytes from `from` up to the end of the line that was read last, without its line end. */
  measure(from: number): number {
    return this.position - (this.end.length << this.codec.shift) - from;
  }

  /** Throws for the record of a broken block, which takes all of it. */
  assertWhole(): void {
    const { broken } = this;
    if (broken === undefined || this.next >= this.#bytes.length) return;
    this.line++;
    this.start = this.next;
    this.end = '';
    this.next = this.#bytes.length;
    throw new MalformedError(broken.reason, this.line, 1);
  }

  /** Returns the line that was read last as text, or all from a byte before it; as far as the bytes are text. */
  text(from: number = this.start): string {
    const end = Math.min(this.position, from + SHOWN);
    return this.codec.decode(this.#bytes, from, end).replace(/\r?\n?$/, '');
  }

  /**
   * Returns the line that was read last with a character for each unit, to look for ASCII in bytes that are no text.
   */
  rawLine(): string {
    return this.codec.decodeRaw(this.#bytes, this.start, this.start + this.measure(this.start));
  }

  #readBytes(start: number): string {
    const bytes = this.#bytes;
    const codec = this.codec;
    const unit = 1 << codec.shift;
    let to = this.#findLineFeed(start);
    if (to < 0) {
      to = bytes.length;
      this.end = '';
    } else this.end = '\n';
    this.next = to + unit;
    if (to > start && this.end !== '' && codec.isCarriageReturn(bytes, to - unit)) {
      this.end = '\r\n';
      to -= unit;
    }
    if (!this.#isValid) {
      const column = codec.findInvalid(bytes, start, to);
      if (column > 0) throw new MalformedError(`invalid ${codec.name}`, this.line, column);
    }
    return codec.decode(bytes, start, to);
  }

  #findLineFeed(from: number): number {
    if (this.#text === undefined) return this.codec.findLineFeed(this.#bytes, from);
    const at = this.#text.indexOf('\n', from - this.origin);
    return at < 0 ? -1 : this.origin + at;
  }

  #openStretch(): void {
    const { to, text, isAsciiOnly, isValid } = this.codec.openStretch(this.#bytes, this.next);
    this.origin = this.next;
    this.#to = to;
    this.#text = text;
    this.#stretch++;
    this.plain = isAsciiOnly ? this.#ascii.findEnd(this.origin, to) - this.origin : ALL;
    this.#isValid = isValid;
  }

  /** Makes the span stand in another text. */
  #point(text: string, stretch: number): void {
    const { span } = this;
    span.text = text;
    span.stretch = stretch;
    span.delimiter = -1;
  }
}
