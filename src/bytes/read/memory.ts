import { createOwnMemory } from '../../own-memory.ts';
import { LARGEST_BLOCK } from './sizes.ts';

/** Records that end a little behind a block's size need no larger memory. */
const STANDARD = LARGEST_BLOCK + 128 * 1024;
const MOST_SPARES = 32;

/** Shared memory for blocks, used again and again: new memory for each would cost its page faults each time. */
export class BlockMemory {
  readonly #spares: SharedArrayBuffer[] = [];

  take(size: number): Uint8Array<SharedArrayBuffer> {
    if (size <= STANDARD) return new Uint8Array(this.#spares.pop() ?? createOwnMemory(STANDARD));
    return new Uint8Array(createOwnMemory(size));
  }

  give({ buffer }: Uint8Array<SharedArrayBuffer>): void {
    if (buffer.byteLength === STANDARD && this.#spares.length < MOST_SPARES) this.#spares.push(buffer);
  }
}
