import { describeBytes } from '../read/fingerprint.ts';
import { type BytesInput, keepInput, openBlocks } from '../read/open-blocks.ts';
import type { ByteSource } from '../source.ts';
import { makeByteSource } from './byte-records.ts';
import { assertSource, resolveSource, type SourceOptions } from './source-options.ts';

/**
 * Reads the lines of text files, of a stream or of bytes, without their ends (`\n` or `\r\n`). The text is UTF-8, or of
 * another `encoding`; compressed files are read as what they hold. In a pipeline the workers decode the lines.
 *
 * A line that is no text, or longer than `maxRecordBytes`, is malformed: in a pipeline an outcome of its own, with
 * `for await` a `RecordError`. A byte order mark at the start of a file is left out.
 *
 * @example
 * ```ts
 * const errors = await pipeline(lines('logs/*.log.gz')).filter((line) => line.includes('ERROR')).count();
 * ```
 */
export function lines(input: BytesInput, options: SourceOptions = {}): ByteSource<string> {
  assertSource(input, options);
  return openLineRecords(input, 'lines', options);
}

/** Opens a source of records that end with their line. */
export function openLineRecords<T>(
  given: BytesInput,
  kind: 'lines' | 'ndjson',
  options: SourceOptions,
): ByteSource<T> {
  const input = keepInput(given);
  const { compression, maxRecordBytes, encoding } = resolveSource(options);
  const rules = {
    quoting: undefined,
    maxRecordBytes,
    readHeader: undefined,
    columns: undefined,
    encoding,
    hasBom: true,
    mayEndWithCr: false,
  };
  return makeByteSource<T>(
    { kind, maxRecordBytes },
    (start) => openBlocks(input, { compression, encoding }, rules, start),
    () => describeBytes(input, { encoding }),
  );
}
