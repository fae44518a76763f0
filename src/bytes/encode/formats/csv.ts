import { isDate } from 'node:util/types';
import type { EncodedFormat, Header } from '../../format.ts';
import { assertWellFormed, isWellFormed } from '../../well-formed.ts';
import { describeEncoded } from './describe-encoded.ts';
import type { Format, RecordWriter } from './record-writer.ts';
import { writeDate } from './write-date.ts';

type CsvFormat = Extract<EncodedFormat, { kind: 'csv' }>;
type Row = Readonly<Record<string, unknown>>;

/**
 * Writes rows as CSV (RFC 4180), with fields in quotes only where they must be. The line of names is the sink's to
 * write.
 */
export function makeCsvWriter(format: CsvFormat): Format {
  return new CsvFields(format);
}

class CsvFields implements Format {
  columns: readonly string[] | undefined;
  readonly write: RecordWriter = (record) => this.#write(record);
  readonly #isGiven: boolean;
  readonly #delimiter: string;
  readonly #field: FieldWriter;
  readonly #header: Header | undefined;
  #hasArrays = false;

  constructor({ columns, header, delimiter, quote }: CsvFormat) {
    this.columns = columns;
    this.#isGiven = columns !== undefined;
    this.#header = header;
    this.follow(undefined);
    this.#delimiter = delimiter;
    this.#field = makeFieldWriter(delimiter, quote);
  }

  get header(): Header | undefined {
    return this.columns ?? (this.#hasArrays ? null : undefined);
  }

  follow(header: Header | undefined = this.#header): void {
    if (this.#isGiven) return;
    this.columns = header ?? undefined;
    this.#hasArrays = header === null;
  }

  #write(record: unknown): string {
    if (Array.isArray(record)) return this.#writeArray(record);
    if (typeof record !== 'object' || record === null) {
      throw new TypeError(`Expected an object or an array for a row of CSV, got ${describeEncoded(record)}.`);
    }
    const keys = Object.keys(record);
    const row = this.#isGiven
      ? this.#writeGiven(record as Row, keys)
      : this.#writeLike(record as Row, keys, this.columns ?? keys);
    if (!isWellFormed(row)) failText(Object.entries(record));
    if (this.columns === undefined) {
      for (const key of keys) assertWellFormed(key, 'the name of a field');
      // The columns are set only now: a first record that cannot be written does not decide for the others.
      this.columns = keys;
    }
    return row;
  }

  /** Writes a record by the columns of the options: a field that the record lacks is empty. */
  #writeGiven(record: Row, keys: readonly string[]): string {
    const columns = this.columns as readonly string[];
    let row = '';
    let found = 0;
    for (let at = 0; at < columns.length; at++) {
      const name = columns[at] as string;
      const has = Object.hasOwn(record, name);
      if (has) found++;
      if (at > 0) row += this.#delimiter;
      row += this.#field(has ? record[name] : undefined, name, columns.length);
    }
    if (found !== keys.length) this.#failKeys(keys, columns);
    return row;
  }

  /**
   * Writes a record by the columns of the first row. Another order is refused as well: whether workers agree on one
   * would depend on which of them began with which row.
   */
  #writeLike(record: Row, keys: readonly string[], columns: readonly string[]): string {
    if (this.#hasArrays) throw mixedRows();
    if (keys.length === 0) {
      throw new TypeError(
        `Expected a row of CSV to have fields, got ${describeEncoded(record)} without any. Give \`columns\` to toCsv().`,
      );
    }
    if (keys.length !== columns.length) this.#failKeys(keys, columns);
    let row = '';
    for (let at = 0; at < columns.length; at++) {
      const name = columns[at] as string;
      if (keys[at] !== name) this.#failKeys(keys, columns);
      if (at > 0) row += this.#delimiter;
      row += this.#field(record[name], name, columns.length);
    }
    return row;
  }

  #writeArray(record: readonly unknown[]): string {
    const { columns } = this;
    if (!this.#isGiven && columns !== undefined) throw mixedRows();
    if (columns === undefined ? record.length === 0 : record.length !== columns.length) {
      throw new TypeError(
        `Expected ${columns?.length ?? 'some'} fields for a row of CSV, got ${record.length}.`,
      );
    }
    let row = '';
    for (let at = 0; at < record.length; at++) {
      if (at > 0) row += this.#delimiter;
      row += this.#field(record[at], columns?.[at] ?? at, record.length);
    }
    if (!isWellFormed(row)) failText(Object.entries(record));
    this.#hasArrays = true;
    return row;
  }

  #failKeys(keys: readonly string[], columns: readonly string[]): never {
    // A name that has no form in UTF-8 is reported as such, whether this worker began with this row or with another
    // one.
    for (const key of keys) assertWellFormed(key, 'the name of a field');
    const more = keys.filter((key) => !columns.includes(key));
    const fewer = columns.filter((name) => !keys.includes(name));
    let which = 'has its fields in another order';
    if (more.length > 0) which = `also has \`${more.join('`, `')}\``;
    else if (fewer.length > 0) which = `has no \`${fewer.join('`, `')}\``;
    const fix = this.#isGiven
      ? 'Add it to `columns`, or leave it out of the row.'
      : 'Give `columns` to toCsv().';
    throw new TypeError(`A row ${which}: the columns are ${columns.join(', ')}. ${fix}`);
  }
}

/** Throws for the field that has no form in UTF-8. */
function failText(fields: readonly (readonly [name: string, value: unknown])[]): never {
  for (const [name, value] of fields) {
    if (typeof value === 'string') assertWellFormed(value, `the field \`${name}\` of a row of CSV`);
  }
  throw new TypeError('Expected a row of CSV to have a form in UTF-8.');
}

function mixedRows(): TypeError {
  return new TypeError('Rows of CSV are objects and arrays. Give `columns` to toCsv(), or make them alike.');
}

/**
 * Makes the text of one field of a row.
 *
 * @param width - Number of fields in the row.
 */
type FieldWriter = (value: unknown, name: string | number, width: number) => string;

function makeFieldWriter(delimiter: string, quote: string | undefined): FieldWriter {
  const characters = [delimiter, quote ?? delimiter, '\r', '\n'].map(escapeForClass).join('');
  // A byte order mark at the start of a file would be none of the data, unless it is in quotes.
  const special = new RegExp(quote === undefined ? `[${characters}]` : `^\ufeff|[${characters}]`);
  return (value, name, width) => {
    let text: string;
    if (typeof value === 'string') text = value;
    else if (value === null || value === undefined) text = '';
    else if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
      text = String(value);
    else if (isDate(value)) text = writeDate(value, name);
    else
      throw new TypeError(
        `The field \`${name}\` of a row of CSV is ${describeEncoded(value)}: make it a text.`,
      );
    // A row of one empty field would be an empty line, which readers pass over.
    const isBlank = text === '' && width === 1;
    if (quote === undefined) {
      if (!isBlank && !special.test(text)) return text;
      const what = isBlank ? 'an empty line' : 'a delimiter or a line break in it';
      throw new TypeError(`The field \`${name}\` of a row of CSV would be ${what}, without quotes to tell.`);
    }
    if (isBlank) return quote + quote;
    return special.test(text) ? quote + text.replaceAll(quote, quote + quote) + quote : text;
  };
}

function escapeForClass(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
