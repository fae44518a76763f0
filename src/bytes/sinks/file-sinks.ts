import { fileURLToPath } from 'node:url';
import type { Writable } from 'node:stream';
import { assertKnown } from '../../check.ts';
import { describeValue } from '../../describe.ts';
import { createEncoder } from '../encode/encoder.ts';
import type { EncodedFormat } from '../format.ts';
import type { Compression } from '../read/decompress.ts';
import type { ByteSink, ByteWriter } from '../sink.ts';
import { assertCsvOptions } from '../sources/source-options.ts';
import { assertCompressor, CompressedTarget, guessCompression } from './compress.ts';
import { type ByteTarget, FileTarget, StreamTarget } from './file-target.ts';

/** A path, or a stream of the user's, which stays open. */
export type SinkTarget = string | URL | Writable;

/** Options of all sinks of files. */
export interface SinkOptions {
  /** `@defaultValue` by the name: `.gz`, `.br`, `.zst` */
  readonly compression?: Compression | undefined;
  /** 0 to 9 for gzip, by default 6; 0 to 11 for brotli, by default 5; 1 to 22 for zstd, by default 3. */
  readonly level?: number | undefined;
}

/** Options of `toCsv`. */
export interface ToCsvOptions extends SinkOptions {
  /**
   * The fields and their order; one that a row lacks is empty, and one that is not among them is refused.
   * `@defaultValue` those of the first row; the others must have the same ones in the same order
   */
  readonly columns?: readonly string[] | undefined;
  /** Whether the first line holds the names. `@defaultValue` true */
  readonly header?: boolean | undefined;
  /** `@defaultValue` `,` */
  readonly delimiter?: string | undefined;
  /** `@defaultValue` `"` */
  readonly quote?: string | undefined;
}

const SINK_OPTIONS = ['compression', 'level'] as const;

/**
 * Writes each result, a text or a number, as a line. The file is written under another name in the same folder,
 * `.name.<random>.tmp`, and renamed when it is complete: a run that fails leaves nothing, and what was there before. A
 * process that ends in between leaves the temporary file. The mode of a file that is replaced is kept, and a link is
 * followed. Devices and pipes are written as they are.
 *
 * A stream of the user's stays open. Each block waits until the stream has written the one before.
 */
export function toLines(target: SinkTarget, options: SinkOptions = {}): ByteSink<string | number | bigint> {
  assertSinkOptions(target, options, SINK_OPTIONS);
  return makeSink(target, { kind: 'lines' }, options);
}

/** Writes each result as JSON on a line of its own; otherwise like `toLines`. */
export function toNdjson(target: SinkTarget, options: SinkOptions = {}): ByteSink<unknown> {
  assertSinkOptions(target, options, SINK_OPTIONS);
  return makeSink(target, { kind: 'ndjson' }, options);
}

/** Writes each result, an object or an array, as a row of CSV (RFC 4180, lines end with `\n`); otherwise like `toLines`. */
export function toCsv(target: SinkTarget, options: ToCsvOptions = {}): ByteSink<object> {
  assertSinkOptions(target, options, [...SINK_OPTIONS, 'columns', 'header', 'delimiter', 'quote']);
  const { columns, header = true, delimiter = ',', quote = '"' } = options;
  assertCsvOptions({ columns, header, delimiter, quote });
  const format = { kind: 'csv', delimiter, quote, columns } as const;
  return makeSink(target, format, options, (bytes) => new CsvWriter(bytes, format, header));
}

function makeSink<T>(
  target: SinkTarget,
  format: EncodedFormat,
  options: SinkOptions,
  makeWriter: (target: ByteTarget) => ByteWriter = (bytes) => passBytes(bytes, format),
): ByteSink<T> {
  return { kind: 'bytes', open: async () => makeWriter(await openTarget(target, options)) };
}

/** @internal */
export async function openTarget(
  target: SinkTarget,
  { compression, level }: SinkOptions,
): Promise<ByteTarget> {
  const kind = compression ?? guessFor(target);
  const path = target instanceof URL ? fileURLToPath(target) : target;
  const bytes = typeof path === 'string' ? await FileTarget.open(path) : new StreamTarget(path);
  return kind === 'none' ? bytes : new CompressedTarget(bytes, kind, level);
}

function guessFor(target: SinkTarget): Compression {
  if (target instanceof URL) return guessCompression(target.pathname);
  return typeof target === 'string' ? guessCompression(target) : 'none';
}

function passBytes(target: ByteTarget, format: EncodedFormat): ByteWriter {
  return {
    format,
    write: (bytes) => target.write(bytes),
    end: () => target.end(),
    abort: () => target.abort(),
  };
}

type CsvFormat = Extract<EncodedFormat, { kind: 'csv' }>;

/** Writes the names before the first row. */
class CsvWriter implements ByteWriter {
  readonly #target: ByteTarget;
  readonly format: CsvFormat;
  readonly #hasHeader: boolean;
  #columns: readonly string[] | undefined;
  /** Whether there are rows that told no columns: arrays. */
  #hasArrays = false;

  constructor(target: ByteTarget, format: CsvFormat, hasHeader: boolean) {
    this.#target = target;
    this.format = format;
    this.#hasHeader = hasHeader;
  }

  async write(bytes: Uint8Array, records: number, columns: readonly string[] | undefined): Promise<void> {
    if (records === 0) return;
    if (columns === undefined) this.#hasArrays = true;
    else if (this.#columns === undefined) await this.#writeHeader(columns);
    else if (this.#columns.join('\0') !== columns.join('\0')) {
      throw new TypeError(
        `Rows have different columns: ${this.#columns.join(', ')}, and ${columns.join(', ')}. Give \`columns\` to toCsv().`,
      );
    }
    if (this.#hasArrays && this.#columns !== undefined) {
      throw new TypeError(
        'Rows of CSV are objects and arrays. Give `columns` to toCsv(), or make them alike.',
      );
    }
    await this.#target.write(bytes);
  }

  async end(): Promise<void> {
    const { columns } = this.format;
    if (this.#columns === undefined && columns !== undefined) await this.#writeHeader(columns);
    await this.#target.end();
  }

  abort(): Promise<void> {
    return this.#target.abort();
  }

  async #writeHeader(columns: readonly string[]): Promise<void> {
    this.#columns = columns;
    if (!this.#hasHeader) return;
    const encoder = createEncoder({ ...this.format, columns });
    encoder.write(columns);
    await this.#target.write(encoder.take());
  }
}

function assertSinkOptions(target: unknown, options: SinkOptions, known: readonly string[]): void {
  const isPath =
    (typeof target === 'string' && target !== '') || (target instanceof URL && target.protocol === 'file:');
  if (!isPath && typeof (target as Writable | null | undefined)?.write !== 'function') {
    throw new TypeError(`Expected a path or a writable stream to write to, got ${describeValue(target)}.`);
  }
  assertKnown(options, known);
  const { compression } = options;
  if (compression !== undefined && !['gzip', 'brotli', 'zstd', 'none'].includes(compression)) {
    throw new TypeError(
      `Expected \`compression\` to be 'gzip', 'brotli', 'zstd' or 'none', got ${describeValue(compression)}.`,
    );
  }
  assertCompressor(compression ?? guessFor(target as SinkTarget), options.level);
}
