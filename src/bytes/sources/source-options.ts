import { isUint8Array } from 'node:util/types';
import { isUrl } from '../../realm/url.ts';
import { assertCount, assertKnown, optionError } from '../../options/check.ts';
import { describeValue } from '../../errors/describe.ts';
import { LONGEST_TEXT } from '../decode/lines/line-decoder.ts';
import { resolveEncoding } from '../encoding.ts';
import type { Compression } from '../read/compression/compression.ts';
import type { InputForm } from '../read/inputs/open-input.ts';

/** Options of all sources of bytes. */
export interface SourceOptions {
  /** Compression of the input. `@defaultValue` found by the first bytes, brotli by the name `.br` */
  readonly compression?: Compression | 'auto' | undefined;
  /**
   * Most bytes of one record, without its line end, from 1; a longer one is malformed, and is not held in memory. More
   * than a text may have (512 MB) counts as that. `@defaultValue` 16 MB
   */
  readonly maxRecordBytes?: number | undefined;
  /**
   * Encoding of the text: any name that `TextDecoder` knows, such as `utf-16le`, `windows-1252` or `shift_jis`
   * (`latin1` is `windows-1252`). A record that is no text in it is malformed. `@defaultValue` UTF-8, or UTF-16 where a
   * byte order mark says so
   */
  readonly encoding?: string | undefined;
}

/** Options of `csv`. */
export interface CsvOptions extends SourceOptions {
  /** Whether the first record of each file holds the names. `@defaultValue` true, unless `columns` are given */
  readonly header?: boolean | undefined;
  /** Names of the fields. With `header: true` the header is passed over, whatever it says. */
  readonly columns?: readonly string[] | undefined;
  /**
   * Names of the fields that rows are to have, in this order, whatever order the file has them in; the others are not
   * made. Rows with another number of fields than the header are malformed all the same. `@defaultValue` all
   */
  readonly select?: readonly string[] | undefined;
  /** One ASCII character between fields. `@defaultValue` `,` */
  readonly delimiter?: string | undefined;
  /**
   * One ASCII character around fields that hold delimiters, line ends or quotes; with `false`, quotes are text.
   * `@defaultValue` `"`
   */
  readonly quote?: string | false | undefined;
}

const LARGEST_RECORD = 16 * 1024 * 1024;
const COMPRESSIONS: readonly unknown[] = ['auto', 'gzip', 'brotli', 'zstd', 'none', undefined];
export const SOURCE_OPTIONS: readonly string[] = ['compression', 'maxRecordBytes', 'encoding'];

/** Throws at the call when the input or the options of a source are wrong, and says what is. */
export function assertSource(
  input: unknown,
  options: SourceOptions | undefined,
  known: readonly string[] = SOURCE_OPTIONS,
): void {
  assertBytesInput(input);
  assertKnown(options, known);
  assertCount(options?.maxRecordBytes, 'maxRecordBytes');
  if (options?.encoding !== undefined) resolveEncoding(options.encoding);
  if (!COMPRESSIONS.includes(options?.compression)) {
    throw optionError(
      `Expected \`compression\` to be 'auto', 'gzip', 'brotli', 'zstd' or 'none', got ${describeValue(options?.compression)}.`,
    );
  }
}

/** Options of a source, with the default of each one that was not given. */
export interface ResolvedSource extends InputForm {
  readonly maxRecordBytes: number;
}

export function resolveSource(options: SourceOptions): ResolvedSource {
  const { compression = 'auto', maxRecordBytes = LARGEST_RECORD, encoding } = options;
  return {
    compression,
    maxRecordBytes: Math.min(maxRecordBytes, LONGEST_TEXT),
    encoding: encoding === undefined ? undefined : resolveEncoding(encoding),
  };
}

export function assertCsvOptions(options: CsvOptions): void {
  const { columns, header, delimiter, quote, select } = options;
  if (columns !== undefined) assertColumns(columns, '`columns`', true);
  if (header !== undefined && typeof header !== 'boolean') {
    throw optionError(`Expected \`header\` to be true or false, got ${describeValue(header)}.`);
  }
  if (select !== undefined) assertSelect(select, columns, header !== false);
  for (const [name, value] of [
    ['delimiter', delimiter],
    ['quote', quote],
  ] as const) {
    if (
      value === undefined ||
      (name === 'quote' && value === false) ||
      (typeof value === 'string' &&
        value.length === 1 &&
        value > '\0' &&
        value <= '\u007f' &&
        !'\r\n'.includes(value))
    )
      continue;
    const what = name === 'quote' ? 'one ASCII character, or false' : 'one ASCII character';
    throw optionError(`Expected \`${name}\` to be ${what}, got ${describeValue(value)}.`);
  }
  if (delimiter !== undefined && delimiter === (quote ?? '"')) {
    throw optionError('Expected `delimiter` and `quote` to be different characters.');
  }
}

function assertSelect(select: unknown, columns: readonly string[] | undefined, hasHeader: boolean): void {
  assertColumns(select, '`select`', true);
  if (columns !== undefined) {
    const unknown = describeUnknown(select, columns);
    if (unknown !== undefined)
      throw optionError(`Expected \`select\` to name some of \`columns\`, ${unknown}.`);
  } else if (!hasHeader) {
    throw optionError('Expected no `select`, as rows without a header are arrays: give `columns` as well.');
  }
}

const MOST_SHOWN = 30;

/** Says which of the names that are asked for is not there, and which are; `undefined` where all are. */
export function describeUnknown(asked: readonly string[], names: readonly string[]): string | undefined {
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown === undefined) return undefined;
  const shown = names.slice(0, MOST_SHOWN).map((name) => JSON.stringify(name));
  const rest = names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} more` : '';
  return `found ${JSON.stringify(unknown)}, which is none of ${shown.join(', ')}${rest}`;
}

/**
 * Throws unless `columns` is an array of different names.
 *
 * @param mayBeEmpty - Whether a name may be `''`, as CSV may have it.
 */
export function assertColumns(
  columns: unknown,
  where = '`columns`',
  mayBeEmpty = false,
): asserts columns is readonly string[] {
  // `find` and its like see the holes of an array, which `some` passes over.
  const isList = Array.isArray(columns) && columns.length > 0;
  if (!isList || columns.findIndex((name) => typeof name !== 'string') >= 0) {
    throw optionError(`Expected ${where} to be an array of names, got ${describeValue(columns)}.`);
  }
  const names = columns as readonly string[];
  const unnamed = mayBeEmpty ? -1 : names.indexOf('');
  if (unnamed >= 0) {
    throw optionError(`Expected ${where} to have names, found none for field ${unnamed + 1}.`);
  }
  const twice = findRepeated(names);
  if (twice !== undefined) {
    throw optionError(`Expected ${where} to have different names, found ${JSON.stringify(twice)} twice.`);
  }
}

/** Finds the first name that was there before; `undefined` when all names differ. */
export function findRepeated(names: readonly string[]): string | undefined {
  const known = new Set<string>();
  for (const name of names) {
    if (known.has(name)) return name;
    known.add(name);
  }
  return undefined;
}

function assertBytesInput(input: unknown): void {
  if (typeof input === 'string' && input !== '') return;
  if (isUrl(input) && input.protocol === 'file:') return;
  if (isUint8Array(input)) return;
  if (Array.isArray(input)) {
    const wrong = input.findIndex((path) => !(typeof path === 'string' && path !== '') && !isUrl(path));
    if (wrong < 0 && input.length > 0) return;
    throw new TypeError(
      `Expected a list of paths, got ${input.length === 0 ? 'an empty one' : `${describeValue(input[wrong])} in it`}.`,
    );
  }
  if (typeof (input as AsyncIterable<unknown> | null | undefined)?.[Symbol.asyncIterator] === 'function')
    return;
  throw new TypeError(
    `Expected a path, a list of paths, a pattern, a stream of bytes or bytes, got ${describeValue(input)}.`,
  );
}
