/**
 * Computes the CRC-32 of text or bytes, going on from another. `node:zlib` is loaded at the first use: most programs
 * have no journal.
 */
export function crc32(data: string | Uint8Array, before = 0): number {
  return process.getBuiltinModule('node:zlib').crc32(data, before);
}
