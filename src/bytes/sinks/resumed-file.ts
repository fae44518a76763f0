import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SinkRun } from '../sink.ts';
import { type ByteTarget, followLinks } from './file-target.ts';

/** What must be known to go on with a file. */
interface FileState {
  /** How many bytes are durable. */
  readonly offset: number;
}

/**
 * A file that is written over several runs, one of which was cut off: beside its name until it is complete, as every
 * file is, but under a name that the next run finds again.
 */
export class ResumedFile implements ByteTarget {
  readonly #path: string;
  readonly #temporary: string;
  /** `undefined`: the run before has renamed it already. */
  readonly #handle: FileHandle | undefined;
  #offset: number;

  private constructor(path: string, temporary: string, handle: FileHandle | undefined, offset: number) {
    this.#path = path;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#offset = offset;
  }

  static async open(path: string, run: SinkRun): Promise<ResumedFile> {
    const real = await followLinks(path);
    const known = await stat(real).catch(() => undefined);
    if (known !== undefined && !known.isFile()) {
      throw new TypeError(
        `Cannot write ${path} with a journal: expected a file, found a folder, a device or a pipe.`,
      );
    }
    // Names may have 255 bytes, and a character three.
    const temporary = join(dirname(real), `.${basename(real).slice(0, 70)}.${run.place}.tmp`);
    const state = run.state as FileState | undefined;
    if (state === undefined) {
      const handle = await open(temporary, 'w').catch((thrown: unknown) => fail(path, thrown));
      const target = new ResumedFile(real, temporary, handle, 0);
      try {
        // Not with `open`, which leaves out what the process's mask forbids.
        if (known !== undefined) await handle.chmod(known.mode & 0o7777);
        // So that the file is there after a power cut, as the journal will say.
        await syncFolder(temporary);
      } catch (thrown) {
        await target.abort();
        throw thrown;
      }
      return target;
    }
    const { offset } = state;
    const handle = await open(temporary, 'r+').catch((thrown: unknown) => {
      const isMissing = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
      if (isMissing && run.isEnded && known?.size === offset) return undefined;
      if (!isMissing) return fail(path, thrown);
      const what = run.isEnded
        ? `it was complete, and is not any more. Remove the journal to write it again.`
        : `${temporary}, which it goes on with, is missing. Remove the journal to start over.`;
      return fail(path, new Error(what));
    });
    if (handle !== undefined) await cutBack(handle, temporary, offset);
    return new ResumedFile(real, temporary, handle, offset);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      const { bytesWritten } = await (this.#handle as FileHandle).write(
        bytes,
        from,
        bytes.length - from,
        this.#offset,
      );
      from += bytesWritten;
      this.#offset += bytesWritten;
    }
  }

  async checkpoint(): Promise<FileState> {
    // What is written meanwhile is not vouched for.
    const offset = this.#offset;
    await this.#handle?.datasync();
    return { offset };
  }

  async end(): Promise<void> {
    if (this.#handle === undefined) return;
    await this.#handle.sync();
    await this.#handle.close();
    await rename(this.#temporary, this.#path);
    await syncFolder(this.#path);
  }

  /** What was written stays, for the run that goes on. */
  async abort(): Promise<void> {
    await this.#handle?.close().catch(() => {});
  }
}

/** Takes back what came after the last checkpoint. */
async function cutBack(handle: FileHandle, file: string, offset: number): Promise<void> {
  try {
    const { size } = await handle.stat();
    if (size < offset) {
      throw new Error(
        `Expected ${file} to have at least ${offset} bytes, as the journal says, found ${size}. ` +
          `Remove the journal to start over.`,
      );
    }
    await handle.truncate(offset);
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

/** Makes names durable that were given or changed in the folder of a file, where the system can do that. */
async function syncFolder(file: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function fail(path: string, thrown: unknown): never {
  const { code, message } = thrown as NodeJS.ErrnoException;
  throw Object.assign(new Error(`Cannot write ${path}: ${message}`, { cause: thrown }), { code });
}
