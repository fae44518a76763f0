import { assertCount, assertKnown, optionError } from '../../check.ts';
import { describeValue } from '../../describe.ts';
import type { Compression } from '../read/decompress.ts';

/** Options of all sources of bytes. */
export interface SourceOptions {
  /** `@defaultValue` found by the first bytes, brotli by the name `.br` */
  readonly compression?: Compression | 'auto' | undefined;
  /** The most bytes of one record; a longer one is malformed, and is not held in memory. `@defaultValue` 16 MB */
  readonly maxRecordBytes?: number | undefined;
}

/** Options of `csv`. */
export interface CsvOptions extends SourceOptions {
  /** Whether the first record of each file holds the names. `@defaultValue` true, unless `columns` are given */
  readonly header?: boolean | undefined;
  /** The names of the fields, instead of those of the header. */
  readonly columns?: readonly string[] | undefined;
  /** One character between fields. `@defaultValue` `,` */
  readonly delimiter?: string | undefined;
  /** One character around fields that hold others. `@defaultValue` `"` */
  readonly quote?: string | undefined;
}

export const LARGEST_RECORD: number = 16 * 1024 * 1024;
const COMPRESSIONS: readonly unknown[] = ['auto', 'gzip', 'brotli', 'zstd', 'none', undefined];
export const SOURCE_OPTIONS: readonly string[] = ['compression', 'maxRecordBytes'];

/** Says at the call what is wrong with the input or the options of a source. */
export function assertSource(
  input: unknown,
  options: SourceOptions | undefined,
  known: readonly string[] = SOURCE_OPTIONS,
): void {
  assertBytesInput(input);
  assertKnown(options, known);
  assertCount(options?.maxRecordBytes, 'maxRecordBytes');
  if (!COMPRESSIONS.includes(options?.compression)) {
    throw optionError(
      `Expected \`compression\` to be 'auto', 'gzip', 'brotli', 'zstd' or 'none', got ${describeValue(options?.compression)}.`,
    );
  }
}

export function assertCsvOptions(options: CsvOptions): void {
  const { columns, header, delimiter, quote } = options;
  if (columns !== undefined) assertColumns(columns);
  if (header !== undefined && typeof header !== 'boolean') {
    throw optionError(`Expected \`header\` to be true or false, got ${describeValue(header)}.`);
  }
  for (const [name, value] of [
    ['delimiter', delimiter],
    ['quote', quote],
  ] as const) {
    if (
      value === undefined ||
      (typeof value === 'string' &&
        value.length === 1 &&
        value > '\0' &&
        value <= '\u007f' &&
        !'\r\n'.includes(value))
    )
      continue;
    throw optionError(`Expected \`${name}\` to be one ASCII character, got ${describeValue(value)}.`);
  }
  if (delimiter !== undefined && delimiter === (quote ?? '"')) {
    throw optionError('Expected `delimiter` and `quote` to be different characters.');
  }
}

/** @param where - Of a header, where it stands. */
export function assertColumns(columns: unknown, where = '`columns`'): asserts columns is readonly string[] {
  if (!Array.isArray(columns) || columns.length === 0 || columns.some((name) => typeof name !== 'string')) {
    throw optionError(`Expected ${where} to be an array of names, got ${describeValue(columns)}.`);
  }
  const names = columns as readonly string[];
  const unnamed = names.indexOf('');
  if (unnamed >= 0) {
    throw optionError(
      `Expected ${where} to have names, found none for field ${unnamed + 1}: give \`columns\`.`,
    );
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw optionError(
      `Expected ${where} to have different names, found ${JSON.stringify(twice)} twice: give \`columns\`.`,
    );
  }
}

function assertBytesInput(input: unknown): void {
  if (typeof input === 'string' && input !== '') return;
  if (input instanceof URL && input.protocol === 'file:') return;
  if (input instanceof Uint8Array) return;
  if (Array.isArray(input)) {
    const wrong: unknown = input.find(
      (path) => !(typeof path === 'string' && path !== '') && !(path instanceof URL),
    );
    if (wrong === undefined && input.length > 0) return;
    throw new TypeError(
      `Expected a list of paths, got ${input.length === 0 ? 'an empty one' : `${describeValue(wrong)} in it`}.`,
    );
  }
  if (typeof (input as AsyncIterable<unknown> | null | undefined)?.[Symbol.asyncIterator] === 'function')
    return;
  throw new TypeError(
    `Expected a path, a list of paths, a pattern, a stream of bytes or bytes, got ${describeValue(input)}.`,
  );
}
