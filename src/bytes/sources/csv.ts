import type { Block } from '../block.ts';
import { CsvDecoder } from '../decode/csv/csv.ts';
import { END, MalformedError } from '../decode/lines/decoder.ts';
import { RecordError } from '../../errors/record-error.ts';
import type { CsvFormat } from '../format.ts';
import { describeBytes } from '../read/fingerprint.ts';
import { type BytesInput, keepInput, openBlocks } from '../read/open-blocks.ts';
import type { CsvHeader } from '../record-rules.ts';
import type { ByteSource } from '../source.ts';
import { makeByteSource } from './byte-records.ts';
import {
  assertCsvOptions,
  assertSource,
  type CsvOptions,
  describeUnknown,
  findRepeated,
  resolveSource,
  SOURCE_OPTIONS,
} from './source-options.ts';

/**
 * Reads the rows of CSV files (RFC 4180), as objects by the names in each file's header; with `header: false`, as
 * arrays. Every value is text.
 *
 * Fields in quotes may hold delimiters, line ends and doubled quotes; a quote that does not begin a field is text, as
 * all are with `quote: false`. Rows with another number of fields than the header are malformed, as is text behind a
 * closing quote. A quote that never closes costs the line on which its row begins; reading goes on behind it (but not
 * in a stream, when more than `maxRecordBytes` stand behind it: then it costs all of that). Empty lines are passed
 * over. Lines end with `\n`, `\r\n`, or, in a file whose first row does so, with a lone `\r`.
 *
 * With `select: ['city', 'amount']` rows have these fields, in this order. A name that a header does not have ends the
 * run with a `TypeError`.
 *
 * A name in the header may be `''`, once. Where a name comes twice, the names must be given: `columns` with
 * `header: true`, which passes over the header.
 *
 * @example
 * ```ts
 * await pipeline(csv('orders.csv')).cpu(({ price, ...row }) => ({ ...row, price: Number(price) })).to(toNdjson('orders.ndjson'));
 * ```
 */
export function csv(
  input: BytesInput,
  options: CsvOptions & { readonly header: false; readonly columns?: undefined; readonly select?: undefined },
): ByteSource<string[]>;
export function csv<const C extends readonly string[]>(
  input: BytesInput,
  options: CsvOptions & { readonly columns: C; readonly select?: undefined },
): ByteSource<Record<C[number], string>>;
export function csv<const C extends readonly string[], const S extends readonly C[number][]>(
  input: BytesInput,
  options: CsvOptions & { readonly columns: C; readonly select: S },
): ByteSource<Record<S[number], string>>;
export function csv<const S extends readonly string[]>(
  input: BytesInput,
  options: CsvOptions & { readonly columns?: undefined; readonly select: S },
): ByteSource<Record<S[number], string>>;
export function csv<T extends Record<string, string> = Record<string, string>>(
  input: BytesInput,
  options?: CsvOptions,
): ByteSource<T>;
export function csv(given: BytesInput, options: CsvOptions = {}): ByteSource<unknown> {
  assertSource(given, options, [...SOURCE_OPTIONS, 'header', 'columns', 'delimiter', 'quote', 'select']);
  assertCsvOptions(options);
  const input = keepInput(given);
  const { delimiter = ',' } = options;
  const columns = options.columns?.slice();
  const select = options.select?.slice();
  const quote = options.quote === false ? undefined : (options.quote ?? '"');
  const { compression, maxRecordBytes, encoding } = resolveSource(options);
  const header = options.header ?? columns === undefined;
  const asObjects = header || columns !== undefined;
  const all: CsvFormat = { kind: 'csv', delimiter, quote, maxRecordBytes, asObjects };
  // A journal knows a source by its format, which says nothing of what was not asked for.
  const format = select === undefined ? all : { ...all, select };
  const asked = { encoding, columns, header: columns && header };
  const rules = {
    quoting:
      quote === undefined ? undefined : { quote: quote.charCodeAt(0), delimiter: delimiter.charCodeAt(0) },
    maxRecordBytes,
    readHeader: header
      ? (block: Block): CsvHeader | undefined => readHeader(block, format, columns)
      : undefined,
    columns,
    encoding,
    hasBom: true,
    mayEndWithCr: true,
  };
  return makeByteSource(
    format,
    (start) => openBlocks(input, { compression, encoding }, rules, start),
    () => describeBytes(input, asked),
  );
}

function readHeader(
  block: Block,
  format: CsvFormat,
  given: readonly string[] | undefined,
): CsvHeader | undefined {
  // Given names replace those of the header, however many it has.
  const decoder = new CsvDecoder({ ...block, columns: undefined }, { ...format, asObjects: false });
  let names: unknown;
  try {
    names = decoder.next();
  } catch (thrown) {
    if (!(thrown instanceof MalformedError)) throw thrown;
    const { message, line, column } = thrown;
    throw new RecordError(`in the header: ${message}`, {
      file: block.file,
      line: line + 1,
      column,
      text: decoder.text(),
    });
  }
  const bytes = decoder.position;
  const lines = decoder.linesRead;
  if (names === END) return undefined;
  if (given !== undefined) return { columns: given, bytes, lines };
  const twice = findRepeated(names as readonly string[]);
  if (twice !== undefined) {
    throw new TypeError(
      `Expected the header of ${block.file ?? 'the input'} to have different names, found ${JSON.stringify(twice)} ` +
        `twice: give names of your own, with \`columns: [...]\` and \`header: true\`.`,
    );
  }
  const unknown = format.select && describeUnknown(format.select, names as readonly string[]);
  if (unknown !== undefined) {
    throw new TypeError(
      `Expected \`select\` to name fields in the header of ${block.file ?? 'the input'}, ${unknown}.`,
    );
  }
  return { columns: names as readonly string[], bytes, lines };
}
