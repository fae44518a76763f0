import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { countDigested, digestBefore, type LineEnd, LineSplitter } from './line-splitter.ts';

const PIECE = 64 * 1024;

/** A place in a followed file, as plain data. */
export interface PlaceInFile extends LineEnd {
  /** Device and inode of the file. */
  readonly file: string;
}

/** A file that was left: its inode may be that of another file once it is deleted. */
export interface LeftFile extends PlaceInFile {
  /** Time at which the file was made, in ns; 0 where its file system does not say. */
  readonly madeAt: string;
}

/** The place where a line ends, from which another run goes on. */
export interface FilePlace extends PlaceInFile {
  /** Files that were left before and may be found again, under a name of the same pattern. */
  readonly left?: readonly LeftFile[];
}

export interface SplitterOptions {
  readonly maxLineBytes: number;
  readonly isTracked: boolean;
}

/** A file that is read as it grows, and that may be replaced under its name. */
export class FollowedFile {
  splitter: LineSplitter;
  /** Device and inode of the file: the same under every name. */
  readonly identity: string;
  /** Time at which the file was made, in ns, where its file system says so. */
  readonly madeAt: bigint;
  readonly #handle: FileHandle;
  readonly #options: SplitterOptions;
  readonly #buffer: Buffer = Buffer.allocUnsafeSlow(PIECE);
  #position = 0;

  private constructor(handle: FileHandle, status: FileStatus, options: SplitterOptions) {
    this.#handle = handle;
    this.#options = options;
    this.identity = status.identity;
    this.madeAt = status.madeAt;
    this.splitter = new LineSplitter(options.maxLineBytes);
  }

  /** Opens a file; `undefined` when there is no such file yet, or a folder in its place. */
  static async open(
    path: string,
    from: 'end' | 'start' | number,
    options: SplitterOptions,
  ): Promise<FollowedFile | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(path, 'r');
    } catch (thrown) {
      const { code } = thrown as { code?: unknown };
      // Windows opens no folder; elsewhere the check for one below sees it.
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
      throw thrown;
    }
    const status = await handle.stat({ bigint: true });
    if (status.isDirectory()) {
      await handle.close();
      return undefined;
    }
    const file = new FollowedFile(handle, describeStatus(status), options);
    const size = Number(status.size);
    try {
      await file.goTo(from === 'end' ? size : from === 'start' ? 0 : Math.min(from, size));
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
    return file;
  }

  /** Goes on at another byte. */
  async goTo(offset: number): Promise<void> {
    const { isTracked, maxLineBytes } = this.#options;
    const before = isTracked ? await readBefore(this.#handle, offset) : undefined;
    this.splitter = new LineSplitter(maxLineBytes, { isTracked, at: offset, ...(before && { before }) });
    this.#position = offset;
  }

  get place(): PlaceInFile {
    return { file: this.identity, ...this.splitter.lineEnd };
  }

  /**
   * Reads bytes that have been appended; `undefined` when there are none now. The bytes are good until the next call.
   */
  async read(): Promise<Buffer | undefined> {
    const { bytesRead } = await this.#handle.read(this.#buffer, 0, PIECE, this.#position);
    if (bytesRead === 0) return undefined;
    this.#position += bytesRead;
    return this.#buffer.subarray(0, bytesRead);
  }

  /** Returns what tells the file from others, once it is left as far as it was read. */
  async readMark(): Promise<LeftFile> {
    const offset = this.#position;
    const before = await readBefore(this.#handle, offset);
    const status = await this.#handle.stat({ bigint: true });
    // Where a file system does not keep the time, Node may give that of the last change, which a new name is.
    const madeAt = status.birthtimeNs === this.madeAt ? String(this.madeAt) : '0';
    return { file: this.identity, offset, digest: digestBefore(before), madeAt };
  }

  /** Finds out what happened to the file: it is shorter than it was, or the name belongs to another file. */
  async look(path: string): Promise<'cut' | 'replaced' | 'same'> {
    const named = await stat(path, { bigint: true }).catch(() => undefined);
    // A renamed file is kept while nothing, or a folder, has its name: whoever writes it may still do so.
    if (named?.isFile() === true && describeIdentity(named) !== this.identity) return 'replaced';
    const { size } = await this.#handle.stat();
    if (size >= this.#position) return 'same';
    this.#position = 0;
    this.splitter.reset();
    return 'cut';
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function readBefore(handle: FileHandle, offset: number): Promise<Buffer> {
  const bytes = Buffer.alloc(countDigested(offset));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset - bytes.length);
  return bytes.subarray(0, bytesRead);
}

function describeIdentity({ dev, ino }: { dev: bigint; ino: bigint }): string {
  return `${dev}:${ino}`;
}

/** A file as it is told from others: device and inode, and when it was made. */
export interface FileStatus {
  readonly identity: string;
  readonly madeAt: bigint;
}

function describeStatus(status: BigIntStats): FileStatus {
  return { identity: describeIdentity(status), madeAt: status.birthtimeNs };
}

/** Reads what a path names now; `undefined` where that is no file. */
export async function readFileStatus(path: string): Promise<FileStatus | undefined> {
  const status = await stat(path, { bigint: true }).catch(() => undefined);
  return status?.isFile() === true ? describeStatus(status) : undefined;
}

/** Says whether a file has before an offset the bytes that it had then. */
export async function holdsBefore(path: string, { offset, digest }: LineEnd): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch {
    return false;
  }
  try {
    const bytes = await readBefore(handle, offset);
    return bytes.length === countDigested(offset) && digestBefore(bytes) === digest;
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}
