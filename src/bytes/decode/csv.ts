import type { Block } from '../block.ts';
import type { CsvFormat } from '../format.ts';
import { type Decoder, END, MalformedError } from './decoder.ts';
import { LineReader } from './line-reader.ts';
import { createRowMaker, type RowMaker } from './row-maker.ts';

/**
 * RFC 4180. A quote opens only at the start of a field, and is text elsewhere. Empty lines are passed over.
 * Lines without quotes, the usual ones, take a call of `split`.
 */
export class CsvDecoder implements Decoder {
  start = 0;
  line = 0;
  readonly #reader: LineReader;
  readonly #delimiter: string;
  readonly #quote: string;
  readonly #columns: readonly string[] | undefined;
  readonly #makeRow: RowMaker | undefined;
  #isSpanning = false;

  constructor(block: Block, { delimiter, quote, asObjects }: CsvFormat) {
    this.#reader = new LineReader(block);
    this.#delimiter = delimiter;
    this.#quote = quote;
    const { columns } = block;
    this.#columns = columns;
    this.#makeRow = asObjects && block.columns !== undefined ? createRowMaker(block.columns) : undefined;
  }

  get lines(): number {
    return this.#reader.lines;
  }

  /** How many lines were read so far. */
  get linesRead(): number {
    return this.#reader.line + 1;
  }

  /** Where the next record begins, in bytes. */
  get position(): number {
    return this.#reader.position;
  }

  next(): unknown {
    this.#isSpanning = false;
    for (;;) {
      let text: string | undefined;
      try {
        text = this.#reader.read();
      } finally {
        this.start = this.#reader.start;
        this.line = this.#reader.line;
      }
      if (text === undefined) return END;
      if (text === '') continue;
      const fields = text.includes(this.#quote) ? this.#readQuoted(text) : text.split(this.#delimiter);
      const columns = this.#columns;
      if (columns !== undefined && fields.length !== columns.length) {
        throw new MalformedError(`expected ${columns.length} fields, found ${fields.length}`, this.line, 1);
      }
      return this.#makeRow === undefined ? fields : this.#makeRow(fields);
    }
  }

  text(): string {
    if (!this.#isSpanning) return this.#reader.text();
    return this.#record.slice(0, 65_536);
  }

  /** The text of a record that takes several lines. */
  #record = '';

  #readQuoted(first: string): string[] {
    const quote = this.#quote;
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
      let value = '';
      let from = at + 1;
      for (;;) {
        const close = text.indexOf(quote, from);
        if (close < 0) {
          const before = text.length;
          text = this.#readOn(text, at);
          value += text.slice(from, before);
          from = before;
          continue;
        }
        if (text[close + 1] === quote) {
          value += text.slice(from, close + 1);
          from = close + 2;
          continue;
        }
        value += text.slice(from, close);
        at = close + 1;
        break;
      }
      fields.push(value);
      if (at >= text.length) return fields;
      if (text[at] !== delimiter) this.#failBehindQuote(text, at);
      at++;
    }
  }

  /** A field in quotes goes on in the next line. */
  #readOn(text: string, opened: number): string {
    this.#isSpanning = true;
    this.#record = text;
    const parts = [text];
    for (;;) {
      const { end } = this.#reader;
      const next = this.#reader.read();
      if (next === undefined) {
        throw new MalformedError('a quote is opened and never closed', this.line, opened + 1);
      }
      parts.push(end, next);
      // Joined once: a field may take a hundred thousand lines.
      if (next.includes(this.#quote)) return parts.join('');
    }
  }

  #failBehindQuote(text: string, at: number): never {
    this.#record = text;
    const before = text.slice(0, at);
    const column = at - before.lastIndexOf('\n');
    const line = this.line + (before.match(/\n/g)?.length ?? 0);
    throw new MalformedError(
      `expected ${JSON.stringify(this.#delimiter)} or the end of the line behind a closing quote, found ${JSON.stringify(text[at])}`,
      line,
      column,
    );
  }
}
