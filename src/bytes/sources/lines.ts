import { cutLines } from '../read/cut.ts';
import { describeBytes } from '../read/fingerprint.ts';
import { type BytesInput, openBlocks } from '../read/open-blocks.ts';
import type { RecordFormat } from '../format.ts';
import type { ByteSource } from '../source.ts';
import { makeByteSource } from './byte-records.ts';
import { assertSource, LARGEST_RECORD, type SourceOptions } from './source-options.ts';

/**
 * The lines of text files, of a stream or of bytes, without their ends (`\n` or `\r\n`). UTF-8; compressed files are
 * read as what they hold. In a pipeline the workers decode them.
 *
 * A line that is no UTF-8, or longer than `maxRecordBytes`, is malformed: in a pipeline an outcome of its own, with
 * `for await` a `RecordError`. A byte order mark at the start of a file is left out.
 *
 * @example
 * ```ts
 * const errors = await pipeline(lines('logs/*.log.gz')).filter((line) => line.includes('ERROR')).count();
 * ```
 */
export function lines(input: BytesInput, options: SourceOptions = {}): ByteSource<string> {
  assertSource(input, options);
  return openLineRecords(input, { kind: 'lines' }, options);
}

/** Records that end with their line. */
export function openLineRecords<T>(
  input: BytesInput,
  format: RecordFormat,
  { compression = 'auto', maxRecordBytes = LARGEST_RECORD }: SourceOptions,
): ByteSource<T> {
  const rules = {
    cut: cutLines,
    maxRecordBytes,
    unclosed: undefined,
    readHeader: undefined,
    columns: undefined,
  };
  return makeByteSource<T>(
    format,
    (start) => openBlocks(input, compression, rules, start),
    () => describeBytes(input),
  );
}
