/** Compression of bytes; `auto` looks at their first bytes, and for brotli, which has no magic number, at the name. */
export type Compression = 'gzip' | 'brotli' | 'zstd' | 'none';

/** Number of first bytes that tell the compression. */
export const MAGIC_BYTES = 4;

/** Returns the compression that the first bytes tell of. */
export function readMagic([a, b, c, d]: Uint8Array): Compression {
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (b === 0xb5 && c === 0x2f && d === 0xfd && a === 0x28) return 'zstd';
  // The first frame may be one to be skipped: pzstd, and files that can be read from the middle, begin with one.
  if (a !== undefined && (a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  return 'none';
}
