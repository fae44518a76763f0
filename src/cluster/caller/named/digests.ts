import { describeCanonically } from '../../../journal/canonical.ts';
import { crc32 } from '../../../journal/lines/crc.ts';
import type { Items } from '../../../flow/chunk/chunk.ts';

/** Makes a text by which each item of a chunk is known again: four bytes an item, in base64. */
export function digestItems(items: Items): string {
  const digests = new Uint32Array(items.length);
  for (let at = 0; at < items.length; at++) digests[at] = crc32(describeCanonically(items[at]));
  return Buffer.from(digests.buffer).toString('base64');
}

/** Reads the text that `digestItems` makes. */
export function readDigests(text: string): Uint32Array {
  const bytes = Buffer.from(text, 'base64');
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~3)));
}

export function digestItem(item: unknown): number {
  return crc32(describeCanonically(item));
}
