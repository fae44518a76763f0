import { isUint8Array } from 'node:util/types';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isUrl } from '../../realm/url.ts';
import { closeUnread } from '../../async/open-iterator.ts';
import type { BlockReader } from '../block.ts';
import type { BlockStart } from '../source.ts';
import { InputBlockReader } from './block-reader.ts';
import type { InputPlace } from './inputs/byte-input.ts';
import { type InputForm, isPipe, openBytes, openFile, openPieces, openPipe } from './inputs/open-input.ts';
import type { RecordRules } from '../record-rules.ts';
import { isPattern, listMatches } from './inputs/patterns.ts';

/**
 * The input that records are read from: a path, a pattern such as `logs/*.ndjson`, several of these, a stream, or
 * bytes.
 */
export type BytesInput =
  | string
  | URL
  | readonly (string | URL)[]
  | Uint8Array
  | AsyncIterable<Uint8Array | string>
  | ReadableStream<Uint8Array>;

/** Returns an input that is the source's own: what happens to a list of paths later changes nothing. */
export function keepInput(input: BytesInput): BytesInput {
  return Array.isArray(input) ? (input as readonly (string | URL)[]).slice() : input;
}

/** Reads blocks of records from any input. Nothing is opened before the first read. */
export function openBlocks(
  input: BytesInput,
  form: InputForm,
  rules: RecordRules,
  start?: BlockStart,
): BlockReader {
  const places = findInputs(input, form, start?.from?.input ?? 0);
  return new InputBlockReader({ [Symbol.asyncIterator]: () => places }, rules, start);
}

const ALONE = { file: undefined, isOneOfMany: false } as const;

function findInputs(input: BytesInput, form: InputForm, first: number): AsyncIterator<InputPlace> {
  if (isUint8Array(input)) return findOne({ ...ALONE, isLive: false, open: () => openBytes(input, form) });
  if (typeof input === 'string' || isUrl(input) || Array.isArray(input)) {
    return findFiles(input as string | URL | readonly (string | URL)[], form, first);
  }
  const stream = input as AsyncIterable<unknown>;
  const place = { ...ALONE, isLive: true, open: async () => openPieces(stream, form) };
  return findOne(place, () => closeUnread(stream));
}

/**
 * Gives a single input. It is no generator, which would leave a stream open when it is closed before its first step.
 */
function findOne(
  place: InputPlace,
  closeUnopened?: () => Promise<void>,
): AsyncIterator<InputPlace, undefined> {
  const end = { done: true, value: undefined } as const;
  let isFound = false;
  return {
    next: async () => {
      if (isFound) return end;
      isFound = true;
      return { done: false, value: place };
    },
    return: async () => {
      const wasFound = isFound;
      isFound = true;
      if (!wasFound) await closeUnopened?.();
      return end;
    },
  };
}

async function* findFiles(
  paths: string | URL | readonly (string | URL)[],
  form: InputForm,
  first: number,
): AsyncGenerator<InputPlace, void, undefined> {
  const files = await listFiles(paths);
  const isOneOfMany = Array.isArray(paths) || (isPattern(paths as string | URL) && files[0] !== paths);
  for (const file of files.slice(first)) {
    const isLive = await isPipe(file);
    yield { file, isOneOfMany, isLive, open: () => (isLive ? openPipe(file, form) : openFile(file, form)) };
  }
}

/**
 * Lists the files that paths and patterns name, in the order of the list; those of a pattern in the order of their
 * names.
 */
export async function listFiles(paths: string | URL | readonly (string | URL)[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of Array.isArray(paths) ? (paths as readonly (string | URL)[]) : [paths as string | URL]) {
    if (isUrl(path)) files.push(fileURLToPath(path));
    else if (!isPattern(path)) files.push(path);
    else files.push(...(await expand(path)));
  }
  return files;
}

async function expand(pattern: string): Promise<string[]> {
  const { existsSync } = await import('node:fs');
  // A file may have the name of a pattern.
  if (existsSync(pattern)) return [pattern];
  // Paths are absolute or relative as their pattern is, since messages name them.
  const found = await listMatches([pattern], { absolute: isAbsolute(pattern), expandDirectories: false });
  if (found.length === 0) throw new TypeError(`Expected files for the pattern ${pattern}, found none.`);
  return found.sort();
}
