import { isArrayBuffer, isDate } from 'node:util/types';
import type { CopyColumn } from '../../format.ts';
import { stringifyJson } from './ndjson.ts';
import { writeDate } from './write-date.ts';

const { Buffer } = process.getBuiltinModule('node:buffer');

/** Makes the text of a value for a column, as PostgreSQL reads it; `undefined` for NULL. */
export type ValueWriter = (value: unknown) => string | undefined;

/**
 * Creates the writer for the values of a column.
 *
 * @param hasJsonValues - Whether a text for a JSON column is a value, and not already JSON.
 */
export function makeValueWriter(column: CopyColumn, hasJsonValues: boolean): ValueWriter {
  const { name, type, delimiter } = column;
  const write = (value: unknown): string | undefined => writeScalar(value, name, type, hasJsonValues);
  if (delimiter === undefined) return write;
  const isOfJson = type === 'json' || type === 'jsonb';
  const writeArray = (values: readonly unknown[]): string => {
    const elements = values.map((value) => {
      // An array within an array of JSON is a value: nobody could tell what else it were.
      if (Array.isArray(value) && !isOfJson) return writeArray(value);
      const text = write(value);
      return text === undefined ? 'NULL' : quoteElement(text, delimiter);
    });
    return `{${elements.join(delimiter)}}`;
  };
  return (value) => {
    if (Array.isArray(value)) return writeArray(value);
    if (isTypedArray(value)) return writeArray(Array.from(value));
    // A text is an array as PostgreSQL writes it, such as one that `copyOut` has read.
    if (value === null || value === undefined || typeof value === 'string') return value ?? undefined;
    throw new TypeError(
      `Expected an array for \`${name}\`, which is a column of ${type}[], got a ${typeof value}.`,
    );
  };
}

function isTypedArray(value: unknown): value is Float64Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !Buffer.isBuffer(value);
}

/** Quotes an element of an array, unless nothing in its text could mean anything else. */
function quoteElement(text: string, delimiter: string): string {
  const isBare = text !== '' && !/[{}"\\\s]/.test(text) && !text.includes(delimiter) && !/^null$/i.test(text);
  return isBare ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function writeScalar(value: unknown, name: string, type: string, hasJsonValues: boolean): string | undefined {
  const isJson = type === 'json' || type === 'jsonb';
  switch (typeof value) {
    case 'string':
      return isJson && hasJsonValues ? JSON.stringify(value) : value;
    case 'number':
      return isJson ? writeJsonNumber(value, name) : Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return String(value);
    case 'boolean':
      return isJson ? String(value) : value ? 't' : 'f';
    case 'undefined':
      return undefined;
    case 'object':
      return value === null ? undefined : isJson ? writeJson(value, name) : writeObject(value, name, type);
    default:
      throw new TypeError(`The value of \`${name}\` is a ${typeof value}, which no column can hold.`);
  }
}

/** Writes a number as JSON, and refuses one that JSON has not, such as NaN, of which `JSON.stringify` makes null. */
function writeJsonNumber(value: number, name: string): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  throw new TypeError(`The value of \`${name}\` has no JSON form: it is ${value}.`);
}

function writeJson(value: unknown, name: string): string {
  return stringifyJson(value, `The value of \`${name}\``);
}

function writeObject(value: object, name: string, type: string): string {
  if (isDate(value)) return writeTime(value, name, type);
  if (isArrayBuffer(value)) return `\\x${Buffer.from(value).toString('hex')}`;
  if (ArrayBuffer.isView(value)) {
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  if (type === 'interval' && !Array.isArray(value)) return writeInterval(fields);
  if (type === 'point' && 'x' in fields) return `(${String(fields['x'])},${String(fields['y'])})`;
  if (type === 'circle' && 'radius' in fields) {
    return `<(${String(fields['x'])},${String(fields['y'])}),${String(fields['radius'])}>`;
  }
  return writeJson(value, name);
}

const UNITS = ['years', 'months', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'];

/** Writes an interval as pg reads one: a number for each unit, each with its sign. */
function writeInterval(fields: Readonly<Record<string, unknown>>): string {
  const given = UNITS.filter((unit) => typeof fields[unit] === 'number' && fields[unit] !== 0);
  return given.length === 0 ? '0' : given.map((unit) => `${String(fields[unit])} ${unit}`).join(' ');
}

/**
 * Writes a date for a column. One without a zone is read by pg as local time, and so written as local time: the value
 * that is read is the one that was written, in every zone. A column with a zone holds a moment, which UTC names.
 */
function writeTime(date: Date, name: string, type: string): string {
  if (type !== 'date' && type !== 'timestamp') {
    const text = writeDate(date, name);
    // Years beyond four digits are `+012345` in ISO 8601, and those before the first -000043, which the server does not know.
    return type === 'timestamptz' && /^[+-]/.test(text) ? writeUtc(date) : text;
  }
  if (Number.isNaN(date.getTime())) return writeDate(date, name);
  const [year, era] = splitYear(date.getFullYear());
  const day = `${year}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  if (type === 'date') return `${day}${era}`;
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
  return `${day} ${time}${era}`;
}

function writeUtc(date: Date): string {
  const [year, era] = splitYear(date.getUTCFullYear());
  return `${year}${date.toISOString().slice(7)}${era}`;
}

/** Splits a year into its digits and era: the year before the first is 0 to JavaScript, and 1 BC to PostgreSQL. */
function splitYear(year: number): [string, string] {
  return year > 0 ? [pad(year, 4), ''] : [pad(1 - year, 4), ' BC'];
}

function pad(value: number, length = 2): string {
  return String(value).padStart(length, '0');
}
