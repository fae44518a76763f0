import type { Block } from '../block.ts';
import { CsvDecoder } from '../decode/csv.ts';
import { END, MalformedError } from '../decode/decoder.ts';
import { RecordError } from '../../errors.ts';
import type { CsvFormat } from '../format.ts';
import type { Header } from '../read/block-reader.ts';
import { makeCsvCut } from '../read/cut.ts';
import { describeBytes } from '../read/fingerprint.ts';
import { type BytesInput, openBlocks } from '../read/open-blocks.ts';
import type { ByteSource } from '../source.ts';
import { makeByteSource } from './byte-records.ts';
import {
  assertColumns,
  assertCsvOptions,
  assertSource,
  type CsvOptions,
  LARGEST_RECORD,
  SOURCE_OPTIONS,
} from './source-options.ts';

/**
 * The rows of CSV files (RFC 4180), as objects by the names in each file's header; with `header: false`, as arrays.
 * Every value is text.
 *
 * Fields in quotes may hold delimiters, line ends and doubled quotes; a quote that does not begin a field is text. Rows
 * with another number of fields than the header are malformed, as is text behind a closing quote. A quote that never
 * closes costs the line on which its row begins; reading goes on behind it. Empty lines are passed over.
 *
 * @example
 * ```ts
 * await pipeline(csv('orders.csv')).cpu(({ price, ...row }) => ({ ...row, price: Number(price) })).to(toNdjson('orders.ndjson'));
 * ```
 */
export function csv(
  input: BytesInput,
  options: CsvOptions & { readonly header: false; readonly columns?: undefined },
): ByteSource<string[]>;
export function csv<T extends Record<string, string> = Record<string, string>>(
  input: BytesInput,
  options?: CsvOptions,
): ByteSource<T>;
export function csv(input: BytesInput, options: CsvOptions = {}): ByteSource<unknown> {
  assertSource(input, options, [...SOURCE_OPTIONS, 'header', 'columns', 'delimiter', 'quote']);
  assertCsvOptions(options);
  const {
    columns,
    delimiter = ',',
    quote = '"',
    compression = 'auto',
    maxRecordBytes = LARGEST_RECORD,
  } = options;
  const header = options.header ?? columns === undefined;
  const format: CsvFormat = { kind: 'csv', delimiter, quote, asObjects: header || columns !== undefined };
  const rules = {
    cut: makeCsvCut(format),
    maxRecordBytes,
    unclosed: 'a quote is opened and never closed',
    readHeader: header ? (block: Block): Header => readHeader(block, format, columns) : undefined,
    columns,
  };
  return makeByteSource(
    format,
    (start) => openBlocks(input, compression, rules, start),
    () => describeBytes(input),
  );
}

function readHeader(block: Block, format: CsvFormat, given: readonly string[] | undefined): Header {
  const decoder = new CsvDecoder(block, { ...format, asObjects: false });
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
  if (names === END) return { columns: given ?? [], bytes, lines };
  assertColumns(names, `the header of ${block.file ?? 'the input'}`);
  return { columns: given ?? names, bytes, lines };
}
