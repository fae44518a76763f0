import { createOwnMemory } from '../shared/memory/own-memory.ts';
import { LARGEST_BLOCK } from './sizes.ts';

/** Bytes of each reused piece of memory; records that end a little behind a block's size need no larger one. */
const STANDARD = LARGEST_BLOCK + 128 * 1024;
const MOST_SPARES = 32;

export type Memory = Uint8Array<SharedArrayBuffer>;

/** Shared memory for blocks, used again and again: new memory for each block would cost its page faults each time. */
export class BlockMemory {
  readonly #standard: number;
  readonly #spares: SharedArrayBuffer[] = [];

  /** @param standard - Bytes of each reused piece. */
  constructor(standard: number = STANDARD) {
    this.#standard = standard;
  }

  take(size: number): Memory {
    const standard = this.#standard;
    if (size <= standard) return new Uint8Array(this.#spares.pop() ?? createOwnMemory(standard));
    return new Uint8Array(createOwnMemory(size));
  }

  give({ buffer }: Memory): void {
    if (buffer.byteLength === this.#standard && this.#spares.length < MOST_SPARES) this.#spares.push(buffer);
  }
}
