/// <reference types="node" preserve="true" />
export type { TailedLine } from '../io/tail/pattern.ts';
export { tail } from '../io/tail/tail.ts';
export type { TailOptions } from '../io/tail/tail-options.ts';
export { type ToCsvOptions, toCsv, toLines, toNdjson } from '../bytes/sinks/file-sinks.ts';
export type { SinkOptions, SinkTarget } from '../bytes/sinks/file-sinks.ts';
export { csv } from '../bytes/sources/csv.ts';
export { lines } from '../bytes/sources/lines.ts';
export { ndjson } from '../bytes/sources/ndjson.ts';
export type { CsvOptions, SourceOptions } from '../bytes/sources/source-options.ts';
export type { ByteSource } from '../bytes/source.ts';
export type { ByteSink, Sink, ValueSink } from '../bytes/sink.ts';
export type { BytesInput } from '../bytes/read/open-blocks.ts';
export type { Compression } from '../bytes/read/compression/compression.ts';
