import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { syncFile } from '../../journal/durable/sync-file.ts';
import { claimFile } from './open-files.ts';

/** A target that bytes are written to. Calls do not overlap. */
export interface ByteTarget {
  write(bytes: Uint8Array): Promise<void>;
  /** Whether nobody reads the bytes any more once `write` has resolved. `@defaultValue` false */
  readonly freesBytes?: boolean | undefined;
  /** Ends the target, once all is written: makes the bytes durable and visible. */
  end(): Promise<void>;
  /** Removes the bytes that were written, as far as that can be done. Does not reject. */
  abort(): Promise<void>;
}

/** Number of bytes that go to the disk while the next are made. */
const SYNC_EVERY = 4 * 1024 * 1024;

/** Mode of a file until it is complete: only for the user who runs the program. */
export const OWN_MODE = 0o600;

/**
 * Chooses the mode of a complete file: the one asked for, else that of the file which it replaces, else what the
 * process's mask leaves of that of all new files.
 */
export function chooseMode(asked: number | undefined, replaced: Stats | undefined): number {
  return asked ?? (replaced === undefined ? 0o666 & ~process.umask() : replaced.mode & 0o7777);
}

/** A file that appears under its name when it is complete: written beside it, synced, and renamed. */
export class FileTarget implements ByteTarget {
  readonly freesBytes = true;
  readonly #path: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  readonly #mode: number;
  /** Lets another sink have the file; a device or a pipe is not claimed. */
  readonly #release: (() => void) | undefined;
  #unsynced = 0;
  #syncing: Promise<void> | undefined;
  #failure: { readonly thrown: unknown } | undefined;

  private constructor(
    path: string,
    temporary: string,
    handle: FileHandle,
    mode: number,
    release?: () => void,
  ) {
    this.#path = path;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#mode = mode;
    this.#release = release;
  }

  /**
   * @param mode - Mode of the file. `@defaultValue` that of the file which it replaces; of a new one, what the
   *   process's mask leaves
   */
  static async open(path: string, mode?: number): Promise<FileTarget> {
    try {
      return await FileTarget.#open(path, mode);
    } catch (thrown) {
      const { code, message } = thrown as NodeJS.ErrnoException;
      // The message of the system names the temporary file.
      throw Object.assign(new Error(`Cannot write ${path}: ${message}`, { cause: thrown }), { code });
    }
  }

  static async #open(path: string, asked: number | undefined): Promise<FileTarget> {
    const real = await followLinks(path);
    const known = await stat(real).catch(() => undefined);
    if (known?.isDirectory() === true) throw new TypeError('expected a file, found a folder.');
    const mode = chooseMode(asked, known);
    if (known !== undefined && !known.isFile()) {
      if (asked !== undefined)
        throw new TypeError('expected a file for the option `mode`, found a device or a pipe.');
      // A device or a pipe is written as it is.
      return new FileTarget(real, real, await open(real, 'w'), mode);
    }
    // The name is cut, as it may have 255 bytes, and a character three.
    const name = `.${basename(real).slice(0, 70)}.${randomBytes(6).toString('hex')}.tmp`;
    const temporary = join(dirname(real), name);
    const release = claimFile(real);
    try {
      return new FileTarget(real, temporary, await open(temporary, 'wx', OWN_MODE), mode, release);
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, from, bytes.length - from);
      from += bytesWritten;
    }
    this.#unsynced += bytes.length;
    if (this.#unsynced > SYNC_EVERY && this.#syncing === undefined) this.#syncing = this.#sync();
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }

  /**
   * Syncs the file beside the work: to sync all at once at the end took a tenth of the time of a run. Never rejects.
   */
  async #sync(): Promise<void> {
    this.#unsynced = 0;
    try {
      // A pipe, or a device, has nothing to sync.
      if (this.#temporary !== this.#path) await syncFile(this.#handle, 'datasync');
    } catch (thrown) {
      this.#failure = { thrown };
    }
    this.#syncing = undefined;
  }

  async end(): Promise<void> {
    await this.#syncing;
    if (this.#failure !== undefined) throw this.#failure.thrown;
    if (this.#temporary === this.#path) {
      await this.#handle.close();
      return;
    }
    // The mode is not given to `open`, which leaves out what the process's mask forbids.
    await this.#handle.chmod(this.#mode);
    await syncFile(this.#handle, 'sync');
    await this.#handle.close();
    await rename(this.#temporary, this.#path);
    this.#release?.();
  }

  async abort(): Promise<void> {
    await this.#syncing;
    await this.#handle.close().catch(() => {});
    if (this.#temporary !== this.#path) await rm(this.#temporary, { force: true }).catch(() => {});
    this.#release?.();
  }
}

/** Finds the file that a path names in the end, whether or not it is there yet, by its one absolute path. */
export async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    const folder = await realpath(dirname(path));
    const link = await readlink(path).catch(() => undefined);
    return link === undefined ? join(folder, basename(path)) : followLinks(resolve(folder, link));
  }
}

/** A stream of the user's, which stays open: it may be stdout. */
export class StreamTarget implements ByteTarget {
  readonly #stream: Writable;
  #failure: Error | undefined;
  #giveUp: (() => void) | undefined;
  readonly #onError = (error: Error): void => {
    this.#failure = error;
  };

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', this.#onError);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#stream.destroyed || this.#stream.writableEnded) {
      throw new Error('The stream that results are written to has been closed.');
    }
    if (bytes.length === 0) return;
    // The write resolves when the bytes have left, not when they were taken, so that failures belong to a write.
    await new Promise<void>((resolve, reject) => {
      const settle = (thrown: Error | null | undefined): void => {
        this.#giveUp = undefined;
        this.#stream.off('close', onClose);
        if (thrown === null || thrown === undefined) resolve();
        else reject(thrown);
      };
      const onClose = (): void =>
        settle(this.#failure ?? new Error('The stream that results are written to was closed.'));
      this.#giveUp = () => settle(new Error('The run has ended.'));
      this.#stream.once('close', onClose);
      this.#stream.write(bytes, settle);
    });
  }

  async end(): Promise<void> {
    this.#leave();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async abort(): Promise<void> {
    this.#giveUp?.();
    this.#leave();
  }

  /**
   * Stops listening to the stream. A destroyed stream tells of its end after the write that failed: somebody must still
   * listen then, or the process ends.
   */
  #leave(): void {
    if (!this.#stream.destroyed) this.#stream.off('error', this.#onError);
  }
}
