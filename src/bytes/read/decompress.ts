import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Duplex, Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { assertStep } from '../../iterator-step.ts';
import { type ByteInput, FileInput, StreamInput } from './byte-input.ts';

/** How bytes are compressed; `auto` looks at their first bytes, and for brotli, which has no mark, at the name. */
export type Compression = 'gzip' | 'brotli' | 'zstd' | 'none';

const PIECE = 256 * 1024;

/** Opens a file, through a decompressor where it is compressed. */
export async function openFile(file: string, compression: Compression | 'auto'): Promise<ByteInput> {
  const found = compression === 'auto' ? await detect(file) : compression;
  if (found === 'none') return await FileInput.open(file);
  return new StreamInput(decompress(createReadStream(file, { highWaterMark: PIECE }), found, file), file);
}

/** Opens bytes that come in pieces. */
export async function openPieces(
  pieces: AsyncIterable<unknown>,
  compression: Compression | 'auto',
): Promise<ByteInput> {
  if (compression === 'none') return new StreamInput(pieces);
  const iterator = pieces[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array(0);
  if (compression === 'auto') {
    for (let step = await takeStep(iterator); step.done !== true; step = await takeStep(iterator)) {
      const piece: unknown = step.value;
      first = Buffer.concat([first, typeof piece === 'string' ? Buffer.from(piece) : (piece as Uint8Array)]);
      if (first.length >= 4) break;
    }
  }
  const all = join(first, iterator);
  const found = compression === 'auto' ? readMark(first) : compression;
  return new StreamInput(found === 'none' ? all : decompress(Readable.from(all), found, 'The input'));
}

async function* join(first: Uint8Array, iterator: AsyncIterator<unknown>): AsyncGenerator<unknown> {
  try {
    if (first.length > 0) yield first;
    for (let step = await takeStep(iterator); step.done !== true; step = await takeStep(iterator))
      yield step.value;
  } finally {
    await iterator.return?.();
  }
}

async function takeStep(iterator: AsyncIterator<unknown>): Promise<IteratorResult<unknown, unknown>> {
  return assertStep(await iterator.next());
}

async function detect(file: string): Promise<Compression> {
  if (file.endsWith('.br')) return 'brotli';
  const handle = await open(file, 'r');
  try {
    if (!(await handle.stat()).isFile()) return 'none';
    const mark = new Uint8Array(4);
    const { bytesRead } = await handle.read(mark, 0, 4, 0);
    return readMark(mark.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

function readMark([a, b, c, d]: Uint8Array): Compression {
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  return 'none';
}

function decompress(
  stream: Readable,
  compression: Exclude<Compression, 'none'>,
  name: string,
): AsyncIterable<unknown> {
  const options = { chunkSize: PIECE };
  switch (compression) {
    case 'gzip':
      return through(stream, zlib.createGunzip(options));
    case 'brotli':
      return through(stream, zlib.createBrotliDecompress(options));
    case 'zstd': {
      const { createZstdDecompress } = zlib as unknown as {
        createZstdDecompress?: (options: object) => NodeJS.ReadWriteStream;
      };
      if (createZstdDecompress === undefined) {
        stream.destroy();
        throw new TypeError(
          `${name} is compressed with zstd, which this Node (${process.version}) cannot read: use Node 22.15 or later, or gzip.`,
        );
      }
      return through(stream, createZstdDecompress(options));
    }
  }
}

/** Like `pipe`, but a failure or an early end on either side ends both. */
async function* through(stream: Readable, transform: NodeJS.ReadWriteStream): AsyncGenerator<unknown> {
  const output = transform as Duplex;
  stream.on('error', (error) => output.destroy(error));
  stream.pipe(output);
  try {
    yield* output;
  } finally {
    stream.destroy();
    output.destroy();
  }
}
