import type { Hash } from 'node:crypto';
import type { BlockPosition } from '../block.ts';
import { InputChanged } from '../../journal/input-changed.ts';
import type { ByteInput } from './inputs/byte-input.ts';
import { skipBytes } from './inputs/skip-bytes.ts';

/**
 * Goes on behind the bytes that were read another time: files are opened there, all else is read up to there.
 *
 * @param hash - Hash that takes the bytes up to there, and has to come out as it did the other time.
 */
export async function seek(input: ByteInput, position: BlockPosition, hash: Hash | undefined): Promise<void> {
  const { offset } = position;
  if (input.seek !== undefined && hash === undefined) {
    await input.seek(offset);
    return;
  }
  await skipBytes(input, offset, (bytes) => hash?.update(bytes));
  if (hash !== undefined && position.hash !== undefined && digest(hash) !== position.hash) {
    throw new InputChanged(`its first ${offset} bytes are not those of then`);
  }
}

/** Returns the digest of the bytes so far; the hash goes on. */
export function digest(hash: Hash): string {
  return hash.copy().digest('base64url').slice(0, 22);
}
