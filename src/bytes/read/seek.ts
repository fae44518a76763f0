import type { Hash } from 'node:crypto';
import type { BlockPosition } from '../block.ts';
import { InputChanged } from '../../journal/input-changed.ts';
import type { ByteInput } from './byte-input.ts';

const PIECE = 256 * 1024;

/**
 * Goes on behind the bytes that were read another time: files are opened there, all else is read up to it.
 *
 * @param hash - Takes what is read up to there, and has to come out as it did then.
 */
export async function seek(input: ByteInput, position: BlockPosition, hash: Hash | undefined): Promise<void> {
  const { offset } = position;
  if (input.seek !== undefined && hash === undefined) {
    input.seek(offset);
    return;
  }
  const piece = new Uint8Array(Math.min(PIECE, offset));
  for (let left = offset; left > 0;) {
    const read = await input.read(piece.subarray(0, Math.min(left, piece.length)));
    if (read === 0)
      throw new InputChanged(
        `${input.file ?? 'it'} ends before byte ${offset}, where the run before was cut off`,
      );
    hash?.update(piece.subarray(0, read));
    left -= read;
  }
  if (hash !== undefined && position.hash !== undefined && digest(hash) !== position.hash) {
    throw new InputChanged(`its first ${offset} bytes are not those of then`);
  }
}

/** Of the bytes so far; the hash goes on. */
export function digest(hash: Hash): string {
  return hash.copy().digest('base64url').slice(0, 22);
}
