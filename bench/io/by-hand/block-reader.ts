import type { FileHandle } from 'node:fs/promises';

/** Number of bytes that are handed over at once. */
export const BLOCK: number = 1 << 20;

/** Finds the end of the last whole record in these bytes, or 0. */
export type Cut = (bytes: Uint8Array) => number;

/** The end of the last whole line. */
export function cutLines(bytes: Uint8Array): number {
  return bytes.lastIndexOf(10) + 1;
}

/**
 * Reads a file in blocks of whole records, each in memory of its own that can be handed over. What is given back
 * with `reuse` serves for a later block: fresh memory is paid for page by page.
 */
export class BlockReader {
  readonly #file: FileHandle;
  readonly #cut: Cut;
  readonly #spare: ArrayBuffer[] = [];
  #rest = new Uint8Array(0);

  constructor(file: FileHandle, cut: Cut) {
    this.#file = file;
    this.#cut = cut;
  }

  reuse(memory: ArrayBuffer): void {
    if (memory.byteLength === BLOCK) this.#spare.push(memory);
  }

  /** The next block, or `undefined` at the end. */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    let memory = this.#take(this.#rest.length);
    memory.set(this.#rest);
    let filled = this.#rest.length;
    for (;;) {
      const { bytesRead } = await this.#file.read(memory, filled, memory.length - filled, null);
      filled += bytesRead;
      const isEnd = bytesRead === 0;
      if (!isEnd && filled < memory.length) continue;
      const bytes = memory.subarray(0, filled);
      const end = isEnd ? filled : this.#cut(bytes);
      if (end > 0 || isEnd) {
        // A copy, since the memory is about to be handed over.
        this.#rest = bytes.slice(end);
        return end === 0 ? undefined : memory.subarray(0, end);
      }
      // One record that is longer than the block.
      const larger = new Uint8Array(memory.length * 2);
      larger.set(memory);
      memory = larger;
    }
  }

  #take(needed: number): Uint8Array<ArrayBuffer> {
    if (needed >= BLOCK) return new Uint8Array(needed * 2);
    return new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(BLOCK));
  }
}
