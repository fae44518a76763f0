import type { Transform } from 'node:stream';
// The whole module is imported: a bundler may ask for members by name, and Node 20 has not all of them.
import zlib from 'node:zlib';
import type { Compression } from './compression.ts';
import { PieceQueue } from './piece-queue.ts';
import { ZstdFrames } from './zstd-frames.ts';

const PIECE = 256 * 1024;
const GZIP_MAGIC = 0x1f;

/** Throws, before anything is opened, when this Node has no such decompressor. */
export function assertDecompressor(compression: Compression, name: string): void {
  if (compression !== 'zstd' || 'createZstdDecompress' in zlib) return;
  throw new TypeError(
    `${name} is compressed with zstd, which this Node (${process.version}) cannot read: use Node 22.15 or later, or gzip.`,
  );
}

/** Decompresses bytes that come in pieces, to the last of them. The output can be closed while it waits for a piece. */
export function decompress(
  pieces: AsyncIterable<unknown>,
  compression: Exclude<Compression, 'none'>,
  name: string,
): AsyncIterable<Uint8Array> {
  const queue = new PieceQueue(pieces);
  const output = named(open(queue, compression), queue, name);
  const iterator: AsyncIterator<Uint8Array> = {
    next: () => output.next(),
    return: async () => {
      await queue.close();
      return await output.return(undefined);
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** Names the file in a failure, and closes the queue in the end. */
async function* named(
  output: AsyncGenerator<Uint8Array>,
  queue: PieceQueue,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* output;
  } catch (thrown) {
    // A failure of the stream itself is no failure of the bytes in it.
    if (queue.failure !== undefined) throw thrown;
    const { code, message } = thrown as NodeJS.ErrnoException;
    const error = new Error(`${name} cannot be decompressed: ${message}.`, { cause: thrown });
    throw Object.assign(error, code === undefined ? {} : { code });
  } finally {
    await queue.close();
  }
}

function open(queue: PieceQueue, compression: Exclude<Compression, 'none'>): AsyncGenerator<Uint8Array> {
  switch (compression) {
    case 'gzip':
      return readMembers(queue);
    case 'brotli':
      return readBrotli(queue);
    case 'zstd':
      return readZstd(queue);
  }
}

/**
 * Reads one gzip member behind the other, with zeros between them (RFC 1952, and what tapes and `gzip` itself take).
 */
async function* readMembers(queue: PieceQueue): AsyncGenerator<Uint8Array> {
  do {
    yield* through(queue, zlib.createGunzip({ chunkSize: PIECE }));
    let next = await queue.peek();
    while (next === 0) {
      queue.dropZeros();
      next = await queue.peek();
    }
    if (next !== undefined && next !== GZIP_MAGIC)
      throw new Error('something else than gzip stands behind its end');
  } while ((await queue.peek()) !== undefined);
}

async function* readBrotli(queue: PieceQueue): AsyncGenerator<Uint8Array> {
  yield* through(queue, zlib.createBrotliDecompress({ chunkSize: PIECE }));
  if ((await queue.peek()) !== undefined)
    throw new Error('more bytes stand behind the end of the brotli stream');
}

async function* readZstd(queue: PieceQueue): AsyncGenerator<Uint8Array> {
  const { createZstdDecompress } = zlib as unknown as {
    createZstdDecompress: (options: object) => Transform;
  };
  const frames = new PieceQueue(readFrames(queue));
  // Nothing is left where all frames are to be skipped, which is no frame that was cut off.
  if ((await frames.peek()) === undefined) return;
  yield* through(frames, createZstdDecompress({ chunkSize: PIECE }));
}

async function* readFrames(queue: PieceQueue): AsyncGenerator<Uint8Array> {
  const frames = new ZstdFrames();
  for (let piece = await queue.take(); piece !== undefined; piece = await queue.take()) {
    yield* frames.read(piece);
  }
  frames.end();
}

/**
 * Gives what a decompressor makes of the pieces, up to the end that it finds; bytes behind that stay in the queue.
 * Pieces go in one by one: the decompressor counts what it has used, and forgets what it was given beyond its end.
 */
async function* through(queue: PieceQueue, transform: Transform): AsyncGenerator<Uint8Array> {
  const decompressor = transform as Transform & { readonly bytesWritten: number };
  let given = 0;
  let last: Uint8Array | undefined;
  let failure: { readonly thrown: unknown } | undefined;
  let isEnded = false;
  const feed = async (): Promise<void> => {
    try {
      for (;;) {
        const piece = await queue.take();
        if (isEnded) {
          if (piece !== undefined) queue.giveBack(piece);
          return;
        }
        if (piece === undefined) break;
        last = piece;
        given += piece.length;
        await new Promise<void>((resolve) => transform.write(piece, () => resolve()));
        if (decompressor.bytesWritten < given) return;
      }
      transform.end();
    } catch (thrown) {
      failure = { thrown };
      transform.destroy();
    }
  };
  void feed();
  try {
    for await (const output of transform) yield output as Uint8Array;
    isEnded = true;
    const left = given - decompressor.bytesWritten;
    if (last !== undefined && left > 0) queue.giveBack(last.subarray(last.length - left));
  } catch (thrown) {
    // The source of the pieces has failed, and closed the decompressor early.
    throw (failure as { readonly thrown: unknown } | undefined)?.thrown ?? thrown;
  } finally {
    isEnded = true;
    transform.destroy();
  }
}
