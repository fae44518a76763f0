import { type FileHandle, open, stat } from 'node:fs/promises';
import { countDigested, digestBefore, type LineEnd, LineSplitter } from './line-splitter.ts';

const PIECE = 64 * 1024;

/** The place where a line of a followed file ends, as plain data. */
export interface FilePlace extends LineEnd {
  /** Device and inode of the file. */
  readonly file: string;
}

export interface SplitterOptions {
  readonly maxLineBytes: number;
  readonly isTracked: boolean;
}

/** A file that is read as it grows, and that may be replaced under its name. */
export class FollowedFile {
  readonly splitter: LineSplitter;
  /** Device and inode of the file: the same under every name. */
  readonly identity: string;
  readonly #handle: FileHandle;
  readonly #buffer: Buffer = Buffer.allocUnsafeSlow(PIECE);
  #position: number;

  private constructor(handle: FileHandle, identity: string, position: number, splitter: LineSplitter) {
    this.#handle = handle;
    this.identity = identity;
    this.#position = position;
    this.splitter = splitter;
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
    const size = Number(status.size);
    const position = from === 'end' ? size : from === 'start' ? 0 : Math.min(from, size);
    const { isTracked, maxLineBytes } = options;
    const before = isTracked ? await readBefore(handle, position) : undefined;
    const splitter = new LineSplitter(maxLineBytes, { isTracked, at: position, ...(before && { before }) });
    return new FollowedFile(handle, describeIdentity(status), position, splitter);
  }

  get place(): FilePlace {
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

/** Reads what a path names now: device and inode, and when the file was made; `undefined` where that is no file. */
export async function readFileStatus(
  path: string,
): Promise<{ identity: string; madeAt: bigint } | undefined> {
  const status = await stat(path, { bigint: true }).catch(() => undefined);
  if (status?.isFile() !== true) return undefined;
  return { identity: describeIdentity(status), madeAt: status.birthtimeNs };
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
