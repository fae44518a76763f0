import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { isUrl, toPath } from '../../realm/url.ts';
import { assertKnown, optionError } from '../../options/check.ts';
import { describeValue } from '../../errors/describe.ts';
import type { EncodedFormat } from '../format.ts';
import type { Compression } from '../read/compression/compression.ts';
import type { ByteSink, ByteWriter, Checkpoints, Resumable } from '../sink.ts';
import { assertCsvOptions } from '../sources/source-options.ts';
import { assertCompressor, CompressedTarget, guessCompression } from './compress.ts';
import { CsvWriter } from './csv-writer.ts';
import { type ByteTarget, FileTarget, StreamTarget } from './file-target.ts';
import { ResumedFile } from './resumed-file.ts';
import { TextTarget } from './text-target.ts';

/** A path, or a stream of the user's, which stays open. */
export type SinkTarget = string | URL | Writable;

/** Options of all sinks of files. */
export interface SinkOptions {
  /** Compression of the bytes that are written. `@defaultValue` by the name: `.gz`, `.br`, `.zst` */
  readonly compression?: Compression | undefined;
  /**
   * Level of the compression: 0 to 9 for gzip, by default 6; 0 to 11 for brotli, by default 5; 1 to 22 for zstd, by
   * default 3.
   */
  readonly level?: number | undefined;
  /**
   * Permissions of the file, such as `0o600`, whatever the process's mask says; 0 to 0o777. For paths of files only.
   * `@defaultValue` those of the file that is replaced; of a new one, what the mask leaves of 0o666
   */
  readonly mode?: number | undefined;
}

/** Options of `toCsv`. */
export interface ToCsvOptions extends SinkOptions {
  /**
   * Names of the fields, in their order; a field that a row lacks is empty, and one that is not among them is refused.
   * `@defaultValue` those of the first row; another one that has others, or another order, is a failure of its item
   */
  readonly columns?: readonly string[] | undefined;
  /** Whether the first line holds the names. `@defaultValue` true */
  readonly header?: boolean | undefined;
  /** One ASCII character between fields. `@defaultValue` `,` */
  readonly delimiter?: string | undefined;
  /**
   * One ASCII character around fields that need it; with `false`, a field that would have to be in quotes is a failure
   * of its row. `@defaultValue` `"`
   */
  readonly quote?: string | false | undefined;
}

const SINK_OPTIONS = ['compression', 'level', 'mode'] as const;

/**
 * Writes each result, a text or a number, as a line. The file is written under another name in the same folder,
 * `.name.<random>.tmp`, and renamed when it is complete: a run that fails leaves nothing of its own, and the file that
 * was there before. A process that ends in between leaves the temporary file, which only its user can read. The mode of
 * a file that is replaced is kept, and a link is followed. Devices and pipes are written as they are.
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
  const { header = true, delimiter = ',', quote = '"' } = options;
  assertCsvOptions({ columns: options.columns, header, delimiter, quote });
  const columns = options.columns?.slice();
  const format = { kind: 'csv', delimiter, quote: quote === false ? undefined : quote, columns } as const;
  return makeSink(
    target,
    format,
    options,
    (bytes, state) => new CsvWriter(bytes, format, header, state),
    `csv ${JSON.stringify([columns, header, delimiter, quote])}`,
  );
}

type MakeWriter = (target: ByteTarget, state: unknown) => ByteWriter;

function makeSink<T>(
  target: SinkTarget,
  format: EncodedFormat,
  given: SinkOptions,
  makeWriter: MakeWriter = (bytes) => passBytes(bytes, format),
  name: string = format.kind,
): ByteSink<T> {
  const options = { ...given };
  return {
    kind: 'bytes',
    open: async () => makeWriter(new TextTarget(await openTarget(target, options)), undefined),
    resumable: makeResumable(target, options, makeWriter, name),
  };
}

function makeResumable(
  target: SinkTarget,
  options: SinkOptions,
  makeWriter: MakeWriter,
  name: string,
): Resumable<ByteWriter> {
  const path = toPath(target);
  if (typeof path !== 'string') {
    return { name, refusal: 'it writes to a stream', open: () => Promise.reject(new TypeError('A stream.')) };
  }
  const isPlain = (options.compression ?? guessFor(target)) === 'none';
  return {
    name: `${name} into ${resolve(path)}`,
    refusal: isPlain ? undefined : 'it compresses what it writes: compress the file afterwards',
    open: async (run) => {
      const file = await ResumedFile.open(path, run, options.mode);
      const isBegun = ((run.state as { offset?: number } | undefined)?.offset ?? 0) > 0;
      const writer = makeWriter(new TextTarget(file, isBegun), run.state);
      const checkpoint = 'checkpoint' in writer ? {} : { checkpoint: () => file.checkpoint() };
      return Object.assign(writer, checkpoint, { pause: () => file.pause() }) as ByteWriter & Checkpoints;
    },
  };
}

/** @internal */
export async function openTarget(
  target: SinkTarget,
  { compression, level, mode }: SinkOptions,
): Promise<ByteTarget> {
  const kind = compression ?? guessFor(target);
  const path = toPath(target);
  const bytes = typeof path === 'string' ? await FileTarget.open(path, mode) : new StreamTarget(path);
  return kind === 'none' ? bytes : new CompressedTarget(bytes, kind, level);
}

function guessFor(target: SinkTarget): Compression {
  if (isUrl(target)) return guessCompression(target.pathname);
  return typeof target === 'string' ? guessCompression(target) : 'none';
}

function passBytes(target: ByteTarget, format: EncodedFormat): ByteWriter {
  return {
    format,
    freesBytes: target.freesBytes,
    write: (bytes) => target.write(bytes),
    end: () => target.end(),
    abort: () => target.abort(),
  };
}

function assertSinkOptions(target: unknown, options: SinkOptions, known: readonly string[]): void {
  const isPath =
    (typeof target === 'string' && target !== '') || (isUrl(target) && target.protocol === 'file:');
  if (!isPath && typeof (target as Writable | null | undefined)?.write !== 'function') {
    throw new TypeError(`Expected a path or a writable stream to write to, got ${describeValue(target)}.`);
  }
  assertKnown(options, known);
  const { compression, mode } = options;
  if (mode !== undefined && !(Number.isInteger(mode) && mode >= 0 && mode <= 0o777)) {
    throw optionError(
      `Expected \`mode\` to be the permissions of a file, such as 0o600, from 0 to 0o777, got ${describeValue(mode)}.`,
    );
  }
  if (mode !== undefined && !isPath)
    throw optionError('Expected no `mode` for a stream, which has none: it is for paths of files.');
  if (compression !== undefined && !['gzip', 'brotli', 'zstd', 'none'].includes(compression)) {
    throw optionError(
      `Expected \`compression\` to be 'gzip', 'brotli', 'zstd' or 'none', got ${describeValue(compression)}.`,
    );
  }
  assertCompressor(compression ?? guessFor(target as SinkTarget), options.level);
}
