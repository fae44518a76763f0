import { type FileHandle, open } from 'node:fs/promises';
import type { ByteInput } from './byte-input.ts';

/** A file that is read as it is, straight into the target. */
export class FileInput implements ByteInput {
  readonly file: string;
  readonly isLive = false;
  remaining: number | undefined;
  /** Goes on at another byte; `undefined` for what is no file, such as a disk, which gives its bytes once. */
  readonly seek: ByteInput['seek'];
  readonly #handle: FileHandle;
  /** Bytes that the file had when it was opened; 0 for what is no file. */
  readonly #size: number;
  /** Position of the next read; `null` where the system knows it. */
  #at: number | null = null;

  private constructor(file: string, handle: FileHandle, size: number | undefined) {
    this.file = file;
    this.#handle = handle;
    this.#size = size ?? 0;
    this.remaining = size;
    if (size !== undefined) this.seek = (offset) => this.#seek(offset, size);
  }

  static async open(file: string): Promise<FileInput> {
    const handle = await open(file, 'r');
    try {
      const stats = await handle.stat();
      if (stats.isDirectory())
        throw new TypeError(
          `Expected ${file} to be a file, found a folder. Name its files, or use a pattern.`,
        );
      return new FileInput(file, handle, stats.isFile() ? stats.size : undefined);
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
  }

  async #seek(offset: number, size: number): Promise<void> {
    this.#at = offset;
    this.remaining = Math.max(0, size - offset);
  }

  async read(target: Uint8Array): Promise<number> {
    const { bytesRead } = await this.#handle.read(target, 0, target.length, this.#at);
    if (this.#at !== null) this.#at += bytesRead;
    if (this.remaining !== undefined) {
      if (bytesRead === 0 && this.remaining > 0 && target.length > 0) await this.#assertWhole();
      this.remaining = Math.max(0, this.remaining - bytesRead);
    }
    return bytesRead;
  }

  /**
   * Throws where the file was cut while it was read, as a rotation of logs may do: what was cut off would be missing in
   * silence. A file of the system may say that it is longer than it is, and says so still.
   */
  async #assertWhole(): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size >= this.#size) return;
    throw new Error(
      `It became shorter while it was read: it had ${this.#size} bytes when it was opened, and has ${size} now.`,
    );
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
