import { once } from 'node:events';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Compression } from '../read/decompress.ts';
import type { ByteTarget } from './file-target.ts';

/** The compression that a name asks for. */
export function guessCompression(path: string): Compression {
  if (path.endsWith('.gz')) return 'gzip';
  if (path.endsWith('.br')) return 'brotli';
  return path.endsWith('.zst') ? 'zstd' : 'none';
}

/** Says before anything is opened when this Node has no such compressor. */
export function assertCompressor(compression: Compression): void {
  if (compression !== 'zstd' || 'createZstdCompress' in zlib) return;
  throw new TypeError(`This Node (${process.version}) cannot write zstd: use Node 22.15 or later, or gzip.`);
}

/** Compresses what goes to a target. zlib works on threads of its own; this one only hands the bytes on. */
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
    if (!this.#compressor.write(bytes)) await Promise.race([once(this.#compressor, 'drain'), this.#copying]);
    // Set while it waited.
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
    await this.#copying;
    await this.#target.abort();
  }

  /** Never rejects: a failure is told by the next call. */
  async #copy(): Promise<void> {
    try {
      for await (const bytes of this.#compressor) await this.#target.write(bytes as Uint8Array);
    } catch (thrown) {
      this.#failure = { thrown };
      this.#compressor.destroy();
    }
  }
}

function createCompressor(compression: Exclude<Compression, 'none'>, level: number | undefined): Transform {
  const { constants } = zlib;
  switch (compression) {
    case 'gzip':
      return zlib.createGzip({ chunkSize: 65_536, ...(level === undefined ? {} : { level }) });
    case 'brotli':
      // Its own default of 11 takes seconds for a MB.
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
