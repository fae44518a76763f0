import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { TelarError } from '../../errors/telar-error.ts';
import { decodeGroups, encodeGroups, type Groups } from './groups.ts';
import { SpillFolder } from './spill-folder.ts';

/** A block of groups in the file. */
export interface Block {
  readonly at: number;
  readonly bytes: number;
  readonly count: number;
}

/** Bytes that are written at once. */
const WRITTEN_AT_ONCE = 1 << 20;

/** Blocks of groups in a temporary file of a run. Calls do not overlap, but for `close`. */
export class SpillStore {
  readonly #within: string;
  readonly #folder: SpillFolder;
  #handle: FileHandle | undefined;
  #waiting: Buffer[] = [];
  /** Bytes of all blocks, and of those that are in the file. */
  #end = 0;
  #written = 0;
  /** Call in progress, which `close` waits for. */
  #current: Promise<unknown> | undefined;
  #isClosed = false;

  private constructor(within: string, folder: SpillFolder) {
    this.#within = within;
    this.#folder = folder;
  }

  /** @param within - Folder in which the run gets one of its own. */
  static async open(within: string): Promise<SpillStore> {
    try {
      return new SpillStore(within, await SpillFolder.open(within));
    } catch (thrown) {
      throw describeFailure('write', within, thrown);
    }
  }

  async write(groups: Groups): Promise<Block> {
    const bytes = this.#encode(groups);
    const block = { at: this.#end, bytes: bytes.length, count: groups.count };
    this.#waiting.push(bytes);
    this.#end += bytes.length;
    if (this.#end - this.#written >= WRITTEN_AT_ONCE) await this.settle();
    return block;
  }

  /** Writes what waits to be written. */
  async settle(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    await this.#do('write', async () => {
      this.#handle ??= await open(join(this.#folder.path, 'groups'), 'wx+', 0o600);
      for (const bytes of waiting) await this.#writeAll(this.#handle, bytes);
    });
  }

  async read({ at, bytes: length }: Block): Promise<Groups> {
    if (at + length > this.#written) await this.settle();
    const bytes = Buffer.allocUnsafeSlow(length);
    await this.#do('read', async () => {
      for (let from = 0; from < length;) {
        const { bytesRead } = await (this.#handle as FileHandle).read(bytes, from, length - from, at + from);
        if (bytesRead === 0) throw new RangeError('the file has become shorter');
        from += bytesRead;
      }
    });
    return decodeGroups(bytes);
  }

  /** Removes the file, once what is in progress has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#current?.catch(() => {});
    await this.#handle?.close().catch(() => {});
    this.#handle = undefined;
    await this.#folder.remove();
  }

  async #writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      const { bytesWritten } = await handle.write(bytes, from, bytes.length - from, this.#written);
      from += bytesWritten;
      this.#written += bytesWritten;
    }
  }

  #encode(groups: Groups): Buffer {
    try {
      return encodeGroups(groups);
    } catch (cause) {
      const { message } = cause as Error;
      throw new TelarError(`A state cannot go to a file, as \`spill\` wants it: ${message}.`, { cause });
    }
  }

  async #do(what: 'read' | 'write', work: () => Promise<void>): Promise<void> {
    if (this.#isClosed) throw new TelarError('The run has ended.');
    try {
      await (this.#current = work());
    } catch (thrown) {
      throw describeFailure(what, this.#within, thrown);
    }
  }
}

function describeFailure(what: 'read' | 'write', within: string, cause: unknown): TelarError {
  const { message, code } = cause as NodeJS.ErrnoException;
  const error = new TelarError(`Cannot ${what} the files of \`spill\` in ${within}: ${message}`, { cause });
  return Object.assign(error, { code });
}
