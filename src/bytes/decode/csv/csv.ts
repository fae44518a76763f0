import type { Block } from '../../block.ts';
import type { CsvFormat } from '../../format.ts';
import { type Decoder, END, MalformedError } from '../lines/decoder.ts';
import { describeTooLong } from '../lines/line-decoder.ts';
import { LineReader } from '../lines/line-reader.ts';
import { NextPlace } from './next-place.ts';
import { QuotedReader } from './quoted-reader.ts';
import { createArrayForm, findRowForm, type RowForm } from './row-form.ts';

/**
 * Decodes CSV (RFC 4180). A quote opens only at the start of a field, and is text elsewhere. Empty lines are passed
 * over. Lines without quotes, the usual ones, are cut where they stand, within the text of many lines. A malformed
 * record ends where the cut of blocks has its end: the rows of a file do not depend on where its blocks begin.
 */
export class CsvDecoder implements Decoder {
  start = 0;
  line = 0;
  readonly #reader: LineReader;
  readonly #quoted: QuotedReader | undefined;
  readonly #quotes: NextPlace | undefined;
  readonly #delimiters: NextPlace;
  readonly #delimiter: string;
  readonly #maxRecordBytes: number;
  readonly #mayBeTooLong: boolean;
  readonly #columns: readonly string[] | undefined;
  readonly #form: RowForm;

  constructor(block: Block, { delimiter, quote, maxRecordBytes, asObjects, select }: CsvFormat) {
    this.#reader = new LineReader(block);
    this.#quoted = quote === undefined ? undefined : new QuotedReader(this.#reader, delimiter, quote);
    this.#quotes = quote === undefined ? undefined : new NextPlace(quote);
    this.#delimiters = new NextPlace(delimiter);
    this.#delimiter = delimiter;
    this.#maxRecordBytes = maxRecordBytes;
    this.#mayBeTooLong = block.bytes.length > maxRecordBytes;
    const { columns } = block;
    this.#columns = columns;
    this.#form =
      asObjects && columns !== undefined
        ? findRowForm(columns, delimiter, select)
        : createArrayForm(delimiter);
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
      const row = this.#mayBeTooLong ? this.#readMeasured() : this.#read();
      if (row !== undefined) return row;
    }
  }

  text(): string {
    return this.#reader.text(this.start);
  }

  /**
   * Reads the next row like `#read`, but fails a record that is too long for its length first, whatever else is wrong
   * with it.
   */
  #readMeasured(): unknown {
    const reader = this.#reader;
    let row: unknown;
    let failure: unknown;
    try {
      row = this.#read();
      if (row === END) return END;
    } catch (thrown) {
      failure = thrown;
    }
    if (reader.measure(this.start) > this.#maxRecordBytes && !reader.isBroken) {
      throw new MalformedError(describeTooLong(this.#maxRecordBytes), this.line, 1);
    }
    if (failure !== undefined) throw failure as Error;
    return row;
  }

  /** Reads the next row; `undefined` for an empty line, `END` at the end. */
  #read(): unknown {
    const reader = this.#reader;
    if (!this.#readSpan()) return END;
    const { text, from, to } = reader.span;
    if (from === to) return undefined;
    if (this.#quotes?.isWithin(text, from, to) === true) {
      const fields = (this.#quoted as QuotedReader).read(text.slice(from, to));
      const columns = this.#columns;
      if (columns !== undefined && fields.length !== columns.length) this.#failCount(fields.length);
      return this.#form.make(fields);
    }
    return this.#cut(text, from, to);
  }

  /** Cuts a line without quotes. A search that has failed is not made again for the lines that it has passed. */
  #cut(text: string, from: number, to: number): unknown {
    const columns = this.#columns;
    if (columns === undefined) return this.#form.cut(text, from, to);
    const delimiters = this.#delimiters;
    const isWrong =
      columns.length === 1 ? delimiters.isWithin(text, from, to) : delimiters.isKnownAbsent(text, from, to);
    const row = isWrong ? undefined : this.#form.cut(text, from, to);
    if (row !== undefined) return row;
    if (!isWrong) delimiters.search(text, to);
    return this.#failCount(text.slice(from, to).split(this.#delimiter).length);
  }

  /** Finds the next line; returns false at the end. A line that cannot be read takes its record with it. */
  #readSpan(): boolean {
    const reader = this.#reader;
    let isFound = false;
    let failure: Error | undefined;
    try {
      reader.assertWhole();
      isFound = reader.readSpan();
    } catch (thrown) {
      failure = thrown as Error;
    }
    this.start = reader.start;
    this.line = reader.line;
    if (failure === undefined) return isFound;
    this.#quoted?.skipRest(reader.rawLine(), 0, 'start');
    throw failure;
  }

  #failCount(found: number): never {
    throw new MalformedError(`expected ${this.#columns?.length} fields, found ${found}`, this.line, 1);
  }
}
