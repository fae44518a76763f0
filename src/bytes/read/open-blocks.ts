import { fileURLToPath } from 'node:url';
import { glob, isDynamicPattern } from 'tinyglobby';
import { closeUnread } from '../../open-iterator.ts';
import type { BlockReader } from '../block.ts';
import type { BlockStart } from '../source.ts';
import { InputBlockReader, type RecordRules } from './block-reader.ts';
import type { ByteInput } from './byte-input.ts';
import { type Compression, openFile, openPieces } from './decompress.ts';

/** What records are read from: a path, a pattern such as `logs/*.ndjson`, several of these, a stream, or bytes. */
export type BytesInput =
  | string
  | URL
  | readonly (string | URL)[]
  | Uint8Array
  | AsyncIterable<Uint8Array | string>
  | ReadableStream<Uint8Array>;

/** Reads blocks of records from any input. Nothing is opened before the first read. */
export function openBlocks(
  input: BytesInput,
  compression: Compression | 'auto',
  rules: RecordRules,
  start?: BlockStart,
): BlockReader {
  const inputs = openInputs(input, compression, start?.from?.input ?? 0);
  return new InputBlockReader({ [Symbol.asyncIterator]: () => inputs }, rules, start);
}

function openInputs(
  input: BytesInput,
  compression: Compression | 'auto',
  first: number,
): AsyncIterator<ByteInput> {
  const isStream = !(
    input instanceof Uint8Array ||
    typeof input === 'string' ||
    input instanceof URL ||
    Array.isArray(input)
  );
  return isStream
    ? openStream(input as AsyncIterable<unknown>, compression)
    : openFiles(input as Stored, compression, first);
}

/** Not a generator, which would leave the stream open when it is closed before its first step. */
function openStream(
  stream: AsyncIterable<unknown>,
  compression: Compression | 'auto',
): AsyncIterator<ByteInput, undefined> {
  const end = { done: true, value: undefined } as const;
  let isOpened = false;
  return {
    next: async () => {
      if (isOpened) return end;
      isOpened = true;
      return { done: false, value: await openPieces(stream, compression) };
    },
    return: async () => {
      const wasOpened = isOpened;
      isOpened = true;
      if (!wasOpened) await closeUnread(stream);
      return end;
    },
  };
}

/** What is not read from somebody who sends it. */
type Stored = string | URL | readonly (string | URL)[] | Uint8Array;

async function* openFiles(
  input: Stored,
  compression: Compression | 'auto',
  first: number,
): AsyncGenerator<ByteInput, void, undefined> {
  if (input instanceof Uint8Array) {
    yield await openPieces(onePiece(input), compression);
    return;
  }
  const files = await listFiles(input);
  for (const file of files.slice(first)) yield await openFile(file, compression);
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** The files that paths and patterns name, in the order of the list; those of a pattern in the order of their names. */
export async function listFiles(paths: string | URL | readonly (string | URL)[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of Array.isArray(paths) ? (paths as readonly (string | URL)[]) : [paths as string | URL]) {
    if (path instanceof URL) files.push(fileURLToPath(path));
    else if (!isDynamicPattern(path)) files.push(path);
    else files.push(...(await expand(path)));
  }
  return files;
}

async function expand(pattern: string): Promise<string[]> {
  const { existsSync } = await import('node:fs');
  // A file may have the name of a pattern.
  if (existsSync(pattern)) return [pattern];
  const found = await glob(pattern, { absolute: false, expandDirectories: false });
  if (found.length === 0) throw new TypeError(`Expected files for the pattern ${pattern}, found none.`);
  return found.sort();
}
