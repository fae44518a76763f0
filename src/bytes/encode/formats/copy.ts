import type { CopyFormat } from '../../format.ts';
import { assertWellFormed } from '../../well-formed.ts';
import { describeEncoded } from './describe-encoded.ts';
import type { Format } from './record-writer.ts';
import { makeValueWriter } from './copy-values.ts';

const SPECIAL = /[\\\t\n\r\0]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Text that COPY takes for NULL; `DEFAULT_MARK` is the one for a column's default, where COPY is told so. */
const NULL = '\\N';
export const DEFAULT_MARK = '\\D';

/**
 * Writes rows in the text form of PostgreSQL's COPY. Values are written for the types of their columns: arrays as
 * arrays, but as JSON in columns of JSON; dates in local time where the column has no zone; bytes as `bytea`; other
 * objects as JSON.
 */
export function makeCopyWriter({ columns, missing, hasJsonValues }: CopyFormat): Format {
  const names = columns.map(({ name }) => name);
  const known = new Set(names);
  const writers = columns.map((column) => makeValueWriter(column, hasJsonValues));
  const all = '1'.repeat(columns.length);
  const writeValue = (value: unknown, at: number): string => {
    const text = (writers[at] as (typeof writers)[number])(value);
    return text === undefined ? NULL : escapeText(text, names[at] as string);
  };
  const writeMissing = (at: number): string => {
    // The server refuses the mark for a column that has no default.
    if (missing === 'default') return columns[at]?.fallback === undefined ? NULL : DEFAULT_MARK;
    if (missing === 'refuse' && columns[at]?.fallback !== undefined) {
      throw new TypeError(
        `A row lacks the column \`${names[at]}\`, which has a default: before PostgreSQL 16 a copy cannot ask for it. ` +
          'Name the columns that rows have with the option `columns`.',
      );
    }
    return NULL;
  };
  const write = (record: unknown): string => {
    if (typeof record !== 'object' || record === null) {
      throw new TypeError(`Expected an object or an array for a row, got ${describeEncoded(record)}.`);
    }
    let text = '';
    let given = missing === 'listed' ? '' : all;
    if (Array.isArray(record)) {
      if (record.length !== columns.length) {
        throw new TypeError(
          `Expected ${columns.length} values for a row (${names.join(', ')}), got ${record.length}.`,
        );
      }
      text = record.map(writeValue).join('\t');
      given = all;
    } else {
      const row = record as Record<string, unknown>;
      for (const key of Object.keys(row)) {
        if (!known.has(key)) {
          throw new TypeError(`A row has the field \`${key}\`, which is no column: ${names.join(', ')}.`);
        }
      }
      for (let at = 0; at < names.length; at++) {
        const name = names[at] as string;
        if (at > 0) text += '\t';
        const isNamed = Object.hasOwn(row, name) && row[name] !== undefined;
        if (missing === 'listed') given += isNamed ? '1' : '0';
        text += isNamed ? writeValue(row[name], at) : writeMissing(at);
      }
    }
    return missing === 'listed' ? `${text}\t${given}` : text;
  };
  return { write, columns: undefined };
}

function escapeText(text: string, name: string): string {
  assertWellFormed(text, `the text of \`${name}\``);
  if (!SPECIAL.test(text)) return text;
  if (text.includes('\0')) {
    throw new TypeError(`The text of \`${name}\` holds a NUL character, which PostgreSQL cannot store.`);
  }
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] as string);
}
