import type { EncodedFormat } from '../format.ts';
import { describeEncoded } from './describe-encoded.ts';
import type { Format, RecordWriter } from './record-writer.ts';

type CsvFormat = Extract<EncodedFormat, { kind: 'csv' }>;

/** RFC 4180: fields in quotes only where they must be. The line of names is the sink's to write. */
export function makeCsvWriter(format: CsvFormat): Format {
  return new CsvFields(format);
}

class CsvFields implements Format {
  columns: readonly string[] | undefined;
  readonly write: RecordWriter = (record) => this.#write(record);
  readonly #isGiven: boolean;
  readonly #delimiter: string;
  readonly #field: (value: unknown, name: string) => string;

  constructor({ columns, delimiter, quote }: CsvFormat) {
    this.columns = columns;
    this.#isGiven = columns !== undefined;
    this.#delimiter = delimiter;
    this.#field = makeFieldWriter(delimiter, quote, () => this.columns?.length === 1);
  }

  #write(record: unknown): string {
    if (Array.isArray(record)) return this.#writeArray(record);
    if (typeof record !== 'object' || record === null) {
      throw new TypeError(`Expected an object or an array for a row of CSV, got ${describeEncoded(record)}.`);
    }
    const keys = Object.keys(record);
    const columns = (this.columns ??= keys);
    let row = '';
    let found = 0;
    for (let at = 0; at < columns.length; at++) {
      const name = columns[at] as string;
      const has = Object.hasOwn(record, name);
      if (has) found++;
      else if (!this.#isGiven) this.#failKeys(keys, columns);
      if (at > 0) row += this.#delimiter;
      row += has ? this.#field((record as Record<string, unknown>)[name], name) : '';
    }
    if (found !== keys.length) this.#failKeys(keys, columns);
    return `${row}\n`;
  }

  #writeArray(record: readonly unknown[]): string {
    const { columns } = this;
    if (columns !== undefined && record.length !== columns.length) {
      throw new TypeError(`Expected ${columns.length} fields for a row of CSV, got ${record.length}.`);
    }
    return `${record.map((value, at) => this.#field(value, String(at))).join(this.#delimiter)}\n`;
  }

  #failKeys(keys: readonly string[], columns: readonly string[]): never {
    const more = keys.filter((key) => !columns.includes(key));
    const fewer = columns.filter((name) => !keys.includes(name));
    const which = more.length > 0 ? `also has \`${more.join('`, `')}\`` : `has no \`${fewer.join('`, `')}\``;
    const fix = this.#isGiven
      ? 'Add it to `columns`, or leave it out of the row.'
      : 'Give `columns` to toCsv().';
    throw new TypeError(`A row ${which}: the columns are ${columns.join(', ')}. ${fix}`);
  }
}

function makeFieldWriter(
  delimiter: string,
  quote: string,
  isSole: () => boolean,
): (value: unknown, name: string) => string {
  const special = new RegExp(`[${[delimiter, quote, '\r', '\n'].map(escapeForClass).join('')}]`);
  return (value, name) => {
    let text: string;
    if (typeof value === 'string') text = value;
    else if (value === null || value === undefined) text = '';
    else if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
      text = String(value);
    else if (value instanceof Date) text = value.toISOString();
    else
      throw new TypeError(
        `The field \`${name}\` of a row of CSV is ${describeEncoded(value)}: make it a text.`,
      );
    // A row of one empty field would be an empty line, which readers pass over.
    if (text === '' && isSole()) return quote + quote;
    return special.test(text) ? quote + text.replaceAll(quote, quote + quote) + quote : text;
  };
}

function escapeForClass(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
