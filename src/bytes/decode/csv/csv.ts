import type { Block } from '../../block.ts';
import type { CsvFormat } from '../../format.ts';
import {
  type Decoder,
  type DecoderSteps,
  END,
  MalformedError,
  NO_RECORD,
  type RecordLoop,
} from '../lines/decoder.ts';
import { describeTooLong } from '../lines/line-decoder.ts';
import { LineReader, type Span } from '../lines/line-reader.ts';
import { NextPlace } from './next-place.ts';
import { QuotedReader } from './quoted-reader.ts';
import { createArrayForm, findRowForm, type RowForm } from './row-form.ts';

/**
 * Decodes CSV (RFC 4180). A quote opens only at the start of a field, and is text elsewhere. Empty lines are passed
 * over. Lines without quotes, the usual ones, are cut where they stand, within the text of many lines. A malformed
 * record ends where the cut of blocks has its end: the rows of a file do not depend on where its blocks begin.
 */
export class CsvDecoder implements Decoder, DecoderSteps {
  start = 0;
  line = 0;
  readonly reader: LineReader;
  readonly #quoted: QuotedReader | undefined;
  readonly #quotes: NextPlace | undefined;
  readonly #delimiter: string;
  /** Most bytes of a record, where the block has more. */
  readonly #maxRecordBytes: number | undefined;
  readonly #columns: readonly string[] | undefined;
  /** Forms of the rows that `next` gives, and of those with all fields. */
  readonly #form: RowForm;
  readonly #wholeForm: RowForm;
  /** Fields of the row that was read last, where it has quotes. */
  #fields: readonly string[] | undefined;

  /** @param names - Names of the fields that are asked for; `undefined` for all that the format has. */
  constructor(
    block: Block,
    { delimiter, quote, maxRecordBytes, asObjects, select }: CsvFormat,
    names?: readonly string[],
  ) {
    this.reader = new LineReader(block);
    this.#quoted = quote === undefined ? undefined : new QuotedReader(this.reader, delimiter, quote);
    this.#quotes = quote === undefined ? undefined : new NextPlace(quote);
    this.#delimiter = delimiter;
    this.#maxRecordBytes = block.bytes.length > maxRecordBytes ? maxRecordBytes : undefined;
    const { columns } = block;
    this.#columns = columns;
    if (!asObjects || columns === undefined) {
      this.#form = this.#wholeForm = createArrayForm(delimiter);
      return;
    }
    this.#wholeForm = findRowForm(columns, delimiter, select);
    const selected = names?.filter((name) => select?.includes(name) !== false);
    this.#form = selected === undefined ? this.#wholeForm : findRowForm(columns, delimiter, selected);
  }

  get lines(): number {
    return this.reader.lines;
  }

  /** Number of lines that were read so far. */
  get linesRead(): number {
    return this.reader.line + 1;
  }

  /** Position of the next record, in bytes. */
  get position(): number {
    return this.reader.position;
  }

  next(): unknown {
    const limit = this.#maxRecordBytes;
    for (;;) {
      const row = limit === undefined ? this.#read() : this.#readMeasured(limit);
      if (row !== NO_RECORD) return row;
    }
  }

  get steps(): DecoderSteps | undefined {
    return this.#maxRecordBytes === undefined && this.reader.broken === undefined ? this : undefined;
  }

  get loop(): RecordLoop | undefined {
    const { loop } = this.#form;
    if (loop === undefined) return undefined;
    return (host) => {
      this.#fields = undefined;
      this.reader.openText();
      return loop(this, this.reader, this.#quotes, host);
    };
  }

  /** Makes the row that `next` gave last once more, with all its fields. */
  readWhole(): unknown {
    if (this.#fields !== undefined) return this.#wholeForm.make(this.#fields);
    const { span } = this.reader;
    // What is known of the delimiters is what stands behind the row.
    span.delimiter = -1;
    return this.#wholeForm.cut(span.text, span.from, span.to, span);
  }

  text(): string {
    return this.reader.text(this.start);
  }

  /**
   * Reads the next row like `#read`, but fails a record that is too long for its length first, whatever else is wrong
   * with it.
   */
  #readMeasured(limit: number): unknown {
    const { reader } = this;
    let row: unknown;
    let failure: unknown;
    try {
      row = this.#read();
      if (row === END) return END;
    } catch (thrown) {
      failure = thrown;
    }
    if (reader.measure(this.start) > limit && reader.broken === undefined) {
      throw new MalformedError(describeTooLong(limit), this.line, 1);
    }
    if (failure !== undefined) throw failure as Error;
    return row;
  }

  /** Reads the next row; `NO_RECORD` for an empty line, `END` at the end. */
  #read(): unknown {
    if (!this.reader.readPlain() && !this.#readOther()) return END;
    return this.make();
  }

  make(): unknown {
    const { reader } = this;
    this.start = reader.start;
    this.line = reader.line;
    const { span } = reader;
    if (span.from === span.to) return NO_RECORD;
    this.#fields = undefined;
    const { text, from, to } = span;
    if (this.#quotes?.isWithin(span) !== true) {
      return this.#form.cut(text, from, to, span) ?? this.#failCut(span);
    }
    // This is no function of its own, which V8 would compile together with the reader, and that by itself as well.
    const fields = (this.#quoted as QuotedReader).read(text.slice(from, to));
    const columns = this.#columns;
    if (columns !== undefined && fields.length !== columns.length) this.#failCount(fields.length);
    this.#fields = fields;
    return this.#form.make(fields);
  }

  #failCut({ text, from, to }: Span): never {
    return this.#failCount(text.slice(from, to).split(this.#delimiter).length);
  }

  /** A line that cannot be read takes its record with it. */
  passOver(): void {
    const { reader } = this;
    this.start = reader.start;
    this.line = reader.line;
    this.#quoted?.skipRest(reader.rawLine(), 0, 'start');
  }

  /** Finds the next line, which is no plain one; returns false at the end. */
  #readOther(): boolean {
    try {
      this.reader.assertWhole();
      return this.reader.readOther();
    } catch (thrown) {
      this.passOver();
      throw thrown;
    }
  }

  #failCount(found: number): never {
    throw new MalformedError(`expected ${this.#columns?.length} fields, found ${found}`, this.line, 1);
  }
}
