import { InputChanged } from '../../../journal/input-changed.ts';
import type { ByteInput } from './byte-input.ts';

const PIECE = 256 * 1024;

/** Passes over `count` bytes, which another run has read. */
export async function skipBytes(
  input: ByteInput,
  count: number,
  onBytes: (bytes: Uint8Array) => void,
): Promise<void> {
  const piece = new Uint8Array(Math.min(PIECE, count));
  for (let left = count; left > 0;) {
    const read = await input.read(piece.subarray(0, Math.min(left, piece.length)));
    if (read === 0) {
      throw new InputChanged(
        `${input.file ?? 'it'} ends ${left} bytes before the place where the run before was cut off`,
      );
    }
    onBytes(piece.subarray(0, read));
    left -= read;
  }
}
