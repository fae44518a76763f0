import type { Block } from '../block.ts';
import type { CsvFormat } from '../format.ts';
import { type Decoder, END, MalformedError } from './lines/decoder.ts';
import { describeTooLong } from './lines/line-decoder.ts';
import { LineReader } from './lines/line-reader.ts';
import { createRowMaker, type RowMaker } from './row-maker.ts';

/**
 * Decodes CSV (RFC 4180). A quote opens only at the start of a field, and is text elsewhere. Empty lines are passed
 * over. Lines without quotes, the usual ones, take a call of `split`. A malformed record ends where the cut of blocks
 * has its end: the rows of a file do not depend on where its blocks begin.
 */
export class CsvDecoder implements Decoder {
  start = 0;
  line = 0;
  readonly #reader: LineReader;
  readonly #delimiter: string;
  readonly #quote: string | undefined;
  readonly #maxRecordBytes: number;
  readonly #mayBeTooLong: boolean;
  readonly #columns: readonly string[] | undefined;
  readonly #makeRow: RowMaker | undefined;

  constructor(block: Block, { delimiter, quote, maxRecordBytes, asObjects }: CsvFormat) {
    this.#reader = new LineReader(block);
    this.#delimiter = delimiter;
    this.#quote = quote;
    this.#maxRecordBytes = maxRecordBytes;
    this.#mayBeTooLong = block.bytes.length > maxRecordBytes;
    const { columns } = block;
    this.#columns = columns;
    this.#makeRow = asObjects && columns !== undefined ? createRowMaker(columns) : undefined;
  }

  get lines(): number {
    return this.#reader.lines;
  }

  /** Number of lines that were read so far. */
  get linesRead(): number {
    return this.#reader.line + 1;
  }

  /** Position of the next record, in bytes. */
  get position(): number {
    return this.#reader.position;
  }

  next(): unknown {
    for (;;) {
      const fields = this.#mayBeTooLong ? this.#readMeasured() : this.#readFields();
      if (fields === undefined) return END;
      if (fields.length === 0) continue;
      const columns = this.#columns;
      if (columns !== undefined && fields.length !== columns.length) {
        throw new MalformedError(`expected ${columns.length} fields, found ${fields.length}`, this.line, 1);
      }
      return this.#makeRow === undefined ? fields : this.#makeRow(fields);
    }
  }

  text(): string {
    return this.#reader.text(this.start);
  }

  /**
   * Reads the next row like `#readFields`, but fails a record that is too long for its length first: such a record is
   * not looked at any further.
   */
  #readMeasured(): string[] | undefined {
    const reader = this.#reader;
    let fields: string[] | undefined;
    let failure: unknown;
    try {
      fields = this.#readFields();
      if (fields === undefined) return undefined;
    } catch (thrown) {
      failure = thrown;
    }
    if (reader.measure(this.start) > this.#maxRecordBytes && !reader.isBroken) {
      throw new MalformedError(describeTooLong(this.#maxRecordBytes), this.line, 1);
    }
    if (failure !== undefined) throw failure as Error;
    return fields;
  }

  /** Reads the fields of the next row: none for an empty line, `undefined` at the end. */
  #readFields(): string[] | undefined {
    const reader = this.#reader;
    const quote = this.#quote;
    let text: string | undefined;
    let failure: Error | undefined;
    try {
      reader.assertWhole();
      text = reader.read();
    } catch (thrown) {
      failure = thrown as Error;
    }
    this.start = reader.start;
    this.line = reader.line;
    if (failure !== undefined) {
      this.#skipRest(reader.rawLine(), 0, 'start');
      throw failure;
    }
    if (text === undefined) return undefined;
    if (text === '') return [];
    return quote !== undefined && text.includes(quote)
      ? this.#readQuoted(text, quote)
      : text.split(this.#delimiter);
  }

  #readQuoted(first: string, quote: string): string[] {
    const delimiter = this.#delimiter;
    const fields: string[] = [];
    let text = first;
    let at = 0;
    for (;;) {
      if (text[at] !== quote) {
        const end = text.indexOf(delimiter, at);
        if (end < 0) {
          fields.push(text.slice(at));
          return fields;
        }
        fields.push(text.slice(at, end));
        at = end + 1;
        continue;
      }
      const { line } = this.#reader;
      const column = at + 1;
      let value = '';
      let from = at + 1;
      for (;;) {
        const close = text.indexOf(quote, from);
        if (close < 0) {
          // The field is read line by line, as it may take a hundred thousand lines.
          value += text.slice(from) + this.#reader.end;
          text = this.#readOn(line, column);
          from = 0;
        } else if (text[close + 1] === quote) {
          value += text.slice(from, close + 1);
          from = close + 2;
        } else {
          value += text.slice(from, close);
          at = close + 1;
          break;
        }
      }
      fields.push(value);
      if (at >= text.length) return fields;
      if (text[at] !== delimiter) this.#failBehindQuote(text, at);
      at++;
    }
  }

  /** Reads the next line, in which a field in quotes goes on. */
  #readOn(line: number, column: number): string {
    let next: string | undefined;
    try {
      next = this.#reader.read();
    } catch (thrown) {
      this.#skipRest(this.#reader.rawLine(), 0, 'quoted');
      throw thrown;
    }
    if (next === undefined) throw new MalformedError('a quote is opened and never closed', line, column);
    return next;
  }

  #failBehindQuote(text: string, at: number): never {
    const { line } = this.#reader;
    this.#skipRest(text, at, 'within');
    throw new MalformedError(
      `expected ${JSON.stringify(this.#delimiter)} or the end of the line behind a closing quote, found ${JSON.stringify(text[at])}`,
      line,
      at + 1,
    );
  }

  /** Reads on to the end of a record that is given up. `place` tells where in a field `at` is. */
  #skipRest(text: string, at: number, place: 'start' | 'within' | 'quoted'): void {
    if (this.#quote === undefined) return;
    for (let line: string | undefined = text, from = at; line !== undefined; from = 0) {
      for (let index = from; index < line.length; index++) {
        const character = line[index];
        if (place === 'quoted') {
          if (character !== this.#quote) continue;
          if (line[index + 1] === this.#quote) index++;
          else place = 'within';
        } else if (character === this.#quote && place === 'start') place = 'quoted';
        else place = character === this.#delimiter ? 'start' : 'within';
      }
      if (place !== 'quoted') return;
      line = this.#readAny();
    }
  }

  #readAny(): string | undefined {
    try {
      return this.#reader.read();
    } catch {
      return this.#reader.rawLine();
    }
  }
}
