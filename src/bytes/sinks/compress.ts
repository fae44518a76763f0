import { optionError } from '../../options/check.ts';
import type { Transform } from 'node:stream';
// The whole module is imported: a bundler may ask for members by name, and Node 20 has not all of them.
import zlib from 'node:zlib';
import { describeValue } from '../../errors/describe.ts';
import type { Compression } from '../read/compression/compression.ts';
import type { ByteTarget } from './file-target.ts';

/** Returns the compression that the name of a file asks for. */
export function guessCompression(path: string): Compression {
  if (path.endsWith('.gz')) return 'gzip';
  if (path.endsWith('.br')) return 'brotli';
  return path.endsWith('.zst') ? 'zstd' : 'none';
}

/** Levels of each compression, from the fastest to the smallest. */
const LEVELS = { gzip: [0, 9], brotli: [0, 11], zstd: [1, 22], none: [0, 22] } as const;

/** Throws, before anything is opened, when this Node has no such compressor, or that no such level. */
export function assertCompressor(compression: Compression, level: unknown): void {
  const [least, most] = LEVELS[compression];
  if (level !== undefined && !(Number.isInteger(level) && Number(level) >= least && Number(level) <= most)) {
    const error = typeof level === 'number' ? RangeError : TypeError;
    throw optionError(
      `Expected \`level\` to be a whole number from ${least} to ${most}, got ${describeValue(level)}.`,
      error,
    );
  }
  if (compression !== 'zstd' || 'createZstdCompress' in zlib) return;
  throw optionError(`This Node (${process.version}) cannot write zstd: use Node 22.15 or later, or gzip.`);
}

/** Compresses the bytes that go to a target. zlib works on threads of its own; this one only hands the bytes on. */
export class CompressedTarget implements ByteTarget {
  readonly #target: ByteTarget;
  readonly #compressor: Transform;
  readonly #copying: Promise<void>;
  #failure: { readonly thrown: unknown } | undefined;

  constructor(target: ByteTarget, compression: Exclude<Compression, 'none'>, level: number | undefined) {
    this.#target = target;
    this.#compressor = createCompressor(compression, level);
    this.#copying = this.#copy();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.thrown;
    if (!this.#compressor.write(bytes)) await waitForRoom(this.#compressor);
    // A failure may have been set while the write waited.
    const failure = this.#failure as { readonly thrown: unknown } | undefined;
    if (failure !== undefined) throw failure.thrown;
  }

  async end(): Promise<void> {
    this.#compressor.end();
    await this.#copying;
    if (this.#failure !== undefined) throw this.#failure.thrown;
    await this.#target.end();
  }

  async abort(): Promise<void> {
    this.#compressor.destroy();
    // The target is aborted first: a write that it still holds would never end otherwise.
    await this.#target.abort();
    await this.#copying;
  }

  /** Copies the compressed bytes to the target. Never rejects: a failure is told by the next call. */
  async #copy(): Promise<void> {
    try {
      for await (const bytes of this.#compressor) await this.#target.write(bytes as Uint8Array);
    } catch (thrown) {
      this.#failure = { thrown };
      this.#compressor.destroy();
    }
  }
}

/**
 * Resolves when the compressor has room, or is closed. `Promise.race` with the promise of the copy would not do, as
 * that would keep a reaction for each write until its end.
 */
function waitForRoom(compressor: Transform): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      compressor.off('drain', done);
      compressor.off('close', done);
      resolve();
    };
    compressor.on('drain', done);
    compressor.on('close', done);
  });
}

function createCompressor(compression: Exclude<Compression, 'none'>, level: number | undefined): Transform {
  const { constants } = zlib;
  switch (compression) {
    case 'gzip':
      return zlib.createGzip({ chunkSize: 65_536, ...(level === undefined ? {} : { level }) });
    case 'brotli':
      // The default of brotli itself, 11, takes seconds for a MB.
      return zlib.createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: level ?? 5 } });
    case 'zstd': {
      const { createZstdCompress } = zlib as unknown as {
        createZstdCompress: (options: object) => Transform;
      };
      const { ZSTD_c_compressionLevel: key } = constants as unknown as { ZSTD_c_compressionLevel: number };
      return createZstdCompress(level === undefined ? {} : { params: { [key]: level } });
    }
  }
}
