import { type FileHandle, open, stat } from 'node:fs/promises';
import type { LineSplitter } from './line-splitter.ts';

const PIECE = 64 * 1024;

/** A file that is read as it grows, and that may be replaced under its name. */
export class FollowedFile {
  splitter: LineSplitter | undefined;
  readonly #handle: FileHandle;
  readonly #identity: string;
  readonly #buffer: Buffer = Buffer.allocUnsafeSlow(PIECE);
  #position: number;

  private constructor(handle: FileHandle, identity: string, position: number) {
    this.#handle = handle;
    this.#identity = identity;
    this.#position = position;
  }

  /** `undefined` when there is no such file yet. */
  static async open(path: string, from: 'end' | 'start' | number): Promise<FollowedFile | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(path, 'r');
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code === 'ENOENT') return undefined;
      throw thrown;
    }
    const { size, dev, ino } = await handle.stat();
    const position = from === 'end' ? size : from === 'start' ? 0 : Math.min(from, size);
    return new FollowedFile(handle, `${dev}:${ino}`, position);
  }

  /** What has been appended; `undefined` when there is nothing now. The bytes are good until the next call. */
  async read(): Promise<Buffer | undefined> {
    const { bytesRead } = await this.#handle.read(this.#buffer, 0, PIECE, this.#position);
    if (bytesRead === 0) return undefined;
    this.#position += bytesRead;
    return this.#buffer.subarray(0, bytesRead);
  }

  /** What happened to it: it is shorter than it was, or the name belongs to another file. */
  async look(path: string): Promise<'cut' | 'replaced' | 'same'> {
    const named = await stat(path).catch(() => undefined);
    // Renamed, and nothing there yet: whoever writes it may still do so.
    if (named !== undefined && `${named.dev}:${named.ino}` !== this.#identity) return 'replaced';
    const { size } = await this.#handle.stat();
    if (size >= this.#position) return 'same';
    this.#position = 0;
    return 'cut';
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
