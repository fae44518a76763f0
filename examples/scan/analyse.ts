import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { parseSource } from './parse-source.ts';
import type { Structure } from './parse-source.ts';
import type { SourceFile } from './read-files.ts';

/** Measures of every file that can be read. */
export interface Measures {
  readonly bytes: number;
  readonly gzip: number;
  readonly brotli: number;
  readonly lines: number;
  readonly sha256: string;
}

/** One line of the output: a file, and what became of it. */
export type Row = { readonly path: string; readonly package: string } & (
  | ({ readonly outcome: 'parsed' } & Measures & Structure)
  | ({ readonly outcome: 'declaration' } & Measures)
  | ({ readonly outcome: 'does not parse'; readonly reason: string } & Measures)
  | { readonly outcome: 'unreadable'; readonly reason: string }
);

/** 10 makes these files 9 % smaller and takes six times as long; 11, 11 % and twelve times. */
const BROTLI_QUALITY = 9;
const GZIP_LEVEL = 9;

/**
 * Measures and parses one file: the task that the workers run. It is an ordinary function; nothing in it
 * knows of threads.
 *
 * @remarks
 * Never throws: a file that cannot be read or does not parse is an outcome. Declaration files (`.d.ts`) are
 * measured and not parsed, since acorn reads JavaScript only.
 */
export function analyse(file: SourceFile): Row {
  const { path, package: name } = file;
  if ('problem' in file) return { path, package: name, outcome: 'unreadable', reason: file.problem };
  const measures = measure(file.bytes);
  if (/\.d\.[cm]?ts$/.test(path)) return { path, package: name, outcome: 'declaration', ...measures };
  const parsed = parseSource(file.bytes);
  return parsed.ok
    ? { path, package: name, outcome: 'parsed', ...measures, ...parsed.structure }
    : { path, package: name, outcome: 'does not parse', reason: parsed.reason, ...measures };
}

function measure(bytes: Uint8Array): Measures {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
    // A window no larger than the file, as the brotli command takes it: twice as fast on small files.
    [constants.BROTLI_PARAM_LGWIN]: Math.min(22, Math.max(16, Math.ceil(Math.log2(bytes.byteLength + 1)))),
  };
  return {
    bytes: bytes.byteLength,
    gzip: gzipSync(bytes, { level: GZIP_LEVEL }).byteLength,
    brotli: brotliCompressSync(bytes, { params }).byteLength,
    lines: countLines(bytes),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** Counts as an editor does: a last line without a line feed is a line too. */
function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
  return bytes.length > 0 && bytes[bytes.length - 1] !== 10 ? lines + 1 : lines;
}
