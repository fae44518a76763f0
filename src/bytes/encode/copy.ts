import { describeEncoded } from './describe-encoded.ts';
import { stringifyJson } from './ndjson.ts';
import type { Format } from './record-writer.ts';
import { writeDate } from './write-date.ts';

const { Buffer } = process.getBuiltinModule('node:buffer');
const SPECIAL = /[\\\t\n\r\0]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** The text form of PostgreSQL's COPY. Objects and arrays are written as JSON, bytes as `bytea`. */
export function makeCopyWriter(columns: readonly string[]): Format {
  const known = new Set(columns);
  const write = (record: unknown): string => {
    if (typeof record !== 'object' || record === null) {
      throw new TypeError(`Expected an object or an array for a row, got ${describeEncoded(record)}.`);
    }
    if (Array.isArray(record)) {
      if (record.length !== columns.length) {
        throw new TypeError(
          `Expected ${columns.length} values for a row (${columns.join(', ')}), got ${record.length}.`,
        );
      }
      return `${record.map((value, at) => writeValue(value, columns[at] as string)).join('\t')}\n`;
    }
    const row = record as Record<string, unknown>;
    for (const key of Object.keys(row)) {
      if (!known.has(key)) {
        throw new TypeError(`A row has the field \`${key}\`, which is no column: ${columns.join(', ')}.`);
      }
    }
    let text = '';
    for (let at = 0; at < columns.length; at++) {
      const name = columns[at] as string;
      if (at > 0) text += '\t';
      text += Object.hasOwn(row, name) ? writeValue(row[name], name) : '\\N';
    }
    return `${text}\n`;
  };
  return { write, columns: undefined };
}

function writeValue(value: unknown, name: string): string {
  switch (typeof value) {
    case 'string':
      return escapeText(value, name);
    case 'number':
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 't' : 'f';
    case 'undefined':
      return '\\N';
    case 'object':
      break;
    default:
      throw new TypeError(`The value of \`${name}\` is a ${typeof value}, which no column can hold.`);
  }
  if (value === null) return '\\N';
  if (value instanceof Date) return writeDate(value, name);
  if (value instanceof ArrayBuffer) return writeBytes(Buffer.from(value));
  if (ArrayBuffer.isView(value)) {
    return writeBytes(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  }
  return escapeText(stringifyJson(value, `The value of \`${name}\``), name);
}

function writeBytes(bytes: Buffer): string {
  return `\\\\x${bytes.toString('hex')}`;
}

function escapeText(text: string, name: string): string {
  if (!SPECIAL.test(text)) return text;
  if (text.includes('\0')) {
    throw new TypeError(`The text of \`${name}\` holds a NUL character, which PostgreSQL cannot store.`);
  }
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] as string);
}
