import { MalformedError } from '../lines/decoder.ts';
import type { LineReader } from '../lines/line-reader.ts';

/** Reads rows in which fields stand in quotes: such a row may take several lines. */
export class QuotedReader {
  readonly #reader: LineReader;
  readonly #delimiter: string;
  readonly #quote: string;

  constructor(reader: LineReader, delimiter: string, quote: string) {
    this.#reader = reader;
    this.#delimiter = delimiter;
    this.#quote = quote;
  }

  /** Reads the fields of a row, given its first line. Throws `MalformedError`. */
  read(first: string): string[] {
    const delimiter = this.#delimiter;
    const quote = this.#quote;
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
      this.skipRest(this.#reader.rawLine(), 0, 'quoted');
      throw thrown;
    }
    if (next === undefined) throw new MalformedError('a quote is opened and never closed', line, column);
    return next;
  }

  #failBehindQuote(text: string, at: number): never {
    const { line } = this.#reader;
    this.skipRest(text, at, 'within');
    throw new MalformedError(
      `expected ${JSON.stringify(this.#delimiter)} or the end of the line behind a closing quote, found ${JSON.stringify(text[at])}`,
      line,
      at + 1,
    );
  }

  /** Reads on to the end of a record that is given up. `place` tells where in a field `at` is. */
  skipRest(text: string, at: number, place: 'start' | 'within' | 'quoted'): void {
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
