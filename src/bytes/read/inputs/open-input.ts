import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { openIterator } from '../../../async/open-iterator.ts';
import { assertStep, isLast } from '../../../async/iterator-step.ts';
import type { Encoding } from '../../encoding.ts';
import { type Compression, MAGIC_BYTES, readMagic } from '../compression/compression.ts';
import { assertDecompressor, decompress } from '../compression/decompress.ts';
import { toBytes } from '../compression/piece-queue.ts';
import type { ByteInput } from './byte-input.ts';
import { FileInput } from './file-input.ts';
import { ReopenedInput } from './reopened-input.ts';
import { StreamInput } from './stream-input.ts';
import { transcode } from './transcode.ts';

/** Compression and encoding of bytes, which are undone before the bytes are cut into records. */
export interface InputForm {
  readonly compression: Compression | 'auto';
  readonly encoding: Encoding | undefined;
}

const PIECE = 256 * 1024;

/** Opens a file, through a decompressor where it is compressed. */
export async function openFile(file: string, form: InputForm): Promise<ByteInput> {
  const compression = form.compression === 'auto' ? await detect(file) : form.compression;
  assertDecompressor(compression, file);
  return await ReopenedInput.open(async () => {
    if (compression === 'none') return applyEncoding(await FileInput.open(file), form);
    const stream = createReadStream(file, { highWaterMark: PIECE });
    return applyEncoding(new StreamInput(decompress(stream, compression, file), file), form);
  });
}

/** Opens bytes in memory. */
export async function openBytes(bytes: Uint8Array, form: InputForm): Promise<ByteInput> {
  return await ReopenedInput.open(async () => openPieces(onePiece(bytes), form));
}

/**
 * Says whether a path is that of a pipe or a device: it gives its bytes once, as somebody sends them, and waits for them.
 */
export async function isPipe(file: string): Promise<boolean> {
  const stats = await stat(file).catch(() => undefined);
  return stats !== undefined && (stats.isFIFO() || stats.isCharacterDevice());
}

/** Opens a pipe, once: who writes there takes the first reader that leaves for the last. */
export async function openPipe(file: string, form: InputForm): Promise<ByteInput> {
  const stream = createReadStream(file, { highWaterMark: PIECE });
  const compression = isBrotli(file) && form.compression === 'auto' ? 'brotli' : form.compression;
  return openPieces(stream, { ...form, compression }, file);
}

/** Opens bytes that come in pieces, those of `file` where they have a name. Nothing is waited for before the first read. */
export function openPieces(pieces: AsyncIterable<unknown>, form: InputForm, file?: string): ByteInput {
  const plain = form.compression === 'none' ? pieces : unpack(pieces, form.compression, file ?? 'The input');
  return applyEncoding(new StreamInput(plain, file), form);
}

/** Undoes the compression of pieces, of which the first ones may tell it. They can be closed while none has come. */
function unpack(
  pieces: AsyncIterable<unknown>,
  given: Compression | 'auto',
  name: string,
): AsyncIterable<unknown> {
  const iterator = openIterator(pieces);
  let plain: AsyncIterator<unknown> | undefined;
  const begin = async (): Promise<AsyncIterator<unknown>> => {
    const { first, compression } = await recognise(iterator, given);
    assertDecompressor(compression, name);
    const all = join(first, iterator);
    return (compression === 'none' ? all : decompress(all, compression, name))[Symbol.asyncIterator]();
  };
  const unpacked: AsyncIterator<unknown> = {
    next: async () => await (plain ??= await begin()).next(),
    return: async () => {
      await (plain ?? iterator).return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => unpacked };
}

async function recognise(
  iterator: AsyncIterator<unknown>,
  compression: Compression | 'auto',
): Promise<{ first: Uint8Array; compression: Compression }> {
  let first: Uint8Array = new Uint8Array(0);
  if (compression !== 'auto') return { first, compression };
  for (let step = await takeStep(iterator); !isLast(step); step = await takeStep(iterator)) {
    first = Buffer.concat([first, toBytes(step.value)]);
    if (first.length >= MAGIC_BYTES) break;
  }
  return { first, compression: readMagic(first) };
}

function applyEncoding(input: ByteInput, { encoding }: InputForm): ByteInput {
  return encoding?.kind === 'transcoded' ? transcode(input, encoding.name) : input;
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** Joins the first bytes and the rest of a stream. It is no generator, which could not be closed while it waits. */
function join(first: Uint8Array, iterator: AsyncIterator<unknown>): AsyncIterable<unknown> {
  let isFirst = first.length > 0;
  const joined: AsyncIterator<unknown> = {
    next: async () => {
      if (!isFirst) return await takeStep(iterator);
      isFirst = false;
      return { done: false, value: first };
    },
    return: async () => {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => joined };
}

async function takeStep(iterator: AsyncIterator<unknown>): Promise<IteratorResult<unknown, unknown>> {
  return assertStep(await iterator.next());
}

async function detect(file: string): Promise<Compression> {
  if (isBrotli(file)) return 'brotli';
  // The error for a folder, and for other things that are no files, is that of reading them.
  const stats = await stat(file).catch(() => undefined);
  if (stats !== undefined && !stats.isFile()) return 'none';
  const handle = await open(file, 'r');
  try {
    const first = new Uint8Array(MAGIC_BYTES);
    const { bytesRead } = await handle.read(first, 0, MAGIC_BYTES, 0);
    return readMagic(first.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

function isBrotli(file: string): boolean {
  return file.endsWith('.br');
}
