import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SinkRun } from '../sink.ts';
import { type ByteTarget, chooseMode, followLinks, OWN_MODE } from './file-target.ts';
import { claimFile } from './open-files.ts';
import { syncFile } from '../../journal/durable/sync-file.ts';

/** Flag that lets no link be opened; Windows has no such flag. */
const NO_LINK = constants.O_NOFOLLOW ?? 0;

/** State that is needed to go on with a file. */
interface FileState {
  /** Number of bytes that are durable. */
  readonly offset: number;
  /** Device and inode, which the file keeps under its own name: a run that was told to end has given it that name. */
  readonly file?: string | undefined;
}

interface Place {
  readonly path: string;
  readonly temporary: string | undefined;
  readonly mode: number;
  readonly release: () => void;
}

/**
 * A file that is written over several runs, one of which was cut off: beside its name until it is complete, as every
 * file is, but under a name that the next run finds again.
 */
export class ResumedFile implements ByteTarget {
  readonly freesBytes = true;
  readonly #path: string;
  /** Path of the file until it is complete; `undefined` where it has its own name already. */
  readonly #temporary: string | undefined;
  /** Handle of the file; `undefined` where the run before has renamed it already. */
  readonly #handle: FileHandle | undefined;
  readonly #mode: number;
  /** Lets another sink have the file. */
  readonly #release: () => void;
  #offset: number;

  private constructor(
    { path, temporary, mode, release }: Place,
    handle: FileHandle | undefined,
    offset: number,
  ) {
    this.#path = path;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#mode = mode;
    this.#release = release;
    this.#offset = offset;
  }

  /** @param asked - Mode of the file. `@defaultValue` see `chooseMode` */
  static async open(path: string, run: SinkRun, asked?: number): Promise<ResumedFile> {
    const real = await followLinks(path).catch((thrown: unknown) => fail(path, thrown));
    let release: () => void;
    try {
      release = claimFile(real);
    } catch (thrown) {
      return fail(path, thrown);
    }
    try {
      return await ResumedFile.#open(path, { real, release }, run, asked);
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  static async #open(
    path: string,
    { real, release }: { readonly real: string; readonly release: () => void },
    run: SinkRun,
    asked: number | undefined,
  ): Promise<ResumedFile> {
    const known = await stat(real).catch(() => undefined);
    if (known !== undefined && !known.isFile()) {
      throw new TypeError(
        `Cannot write ${path} with a journal: expected a file, found a folder, a device or a pipe.`,
      );
    }
    // The name is cut, as it may have 255 bytes, and a character three.
    const temporary = join(dirname(real), `.${basename(real).slice(0, 70)}.${run.place}.tmp`);
    const place = { path: real, temporary, mode: chooseMode(asked, known), release };
    const state = (run.state ?? undefined) as FileState | undefined;
    if (state === undefined) {
      const handle = await begin(temporary).catch((thrown: unknown) => fail(path, thrown));
      const target = new ResumedFile(place, handle, 0);
      try {
        // The folder is synced, so that the file is there after a power cut, as the journal will say.
        await syncFolder(temporary);
      } catch (thrown) {
        await target.abort();
        throw thrown;
      }
      return target;
    }
    const { offset } = state;
    const published = await openPublished(real, temporary, state);
    if (published !== undefined) {
      return new ResumedFile({ ...place, temporary: undefined }, published, offset);
    }
    const handle = await open(temporary, constants.O_RDWR | NO_LINK).catch((thrown: unknown) => {
      const isMissing = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
      if (isMissing && run.isEnded && known?.size === offset) return undefined;
      if (!isMissing) return fail(path, thrown);
      const what = run.isEnded
        ? `it was complete, and is not any more. Remove the journal to write it again.`
        : `${temporary}, which it goes on with, is missing. Remove the journal to start over.`;
      return fail(path, new Error(what));
    });
    if (handle !== undefined) await cutBack(handle, temporary, offset);
    return new ResumedFile(place, handle, offset);
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
    // The checkpoint does not vouch for bytes that are written meanwhile.
    const offset = this.#offset;
    if (this.#handle !== undefined) await syncFile(this.#handle, 'datasync');
    return { offset, file: this.#handle && (await readIdentity(this.#handle)) };
  }

  async end(): Promise<void> {
    await this.#end();
    this.#release();
  }

  async #end(): Promise<void> {
    if (this.#handle === undefined) return;
    // The mode is not given to `open`, which leaves out what the process's mask forbids.
    await this.#handle.chmod(this.#mode);
    await syncFile(this.#handle, 'sync');
    await this.#handle.close();
    if (this.#temporary === undefined) return;
    await rename(this.#temporary, this.#path);
    await syncFolder(this.#path);
  }

  /** Gives the file its own name, which it has from here on, also while the next run goes on with it. */
  pause(): Promise<void> {
    return this.end();
  }

  /** Closes the file; the bytes that were written stay, for the run that goes on. */
  async abort(): Promise<void> {
    await this.#handle?.close().catch(() => {});
    this.#release();
  }
}

/**
 * Begins a temporary file. Its name can be foretold: nothing is written through what lies there, which may be a link
 * that somebody has planted.
 */
async function begin(temporary: string): Promise<FileHandle> {
  await rm(temporary, { force: true });
  return await open(temporary, 'wx', OWN_MODE);
}

/** Opens a file that has its own name already: the one that the journal tells of, and no other. */
async function openPublished(
  path: string,
  temporary: string,
  { offset, file }: FileState,
): Promise<FileHandle | undefined> {
  if (file === undefined || (await stat(temporary).catch(() => undefined)) !== undefined) return undefined;
  const handle = await open(path, constants.O_RDWR | NO_LINK).catch(() => undefined);
  if (handle === undefined) return undefined;
  if ((await readIdentity(handle)) === file) {
    await cutBack(handle, path, offset);
    return handle;
  }
  await handle.close();
  return undefined;
}

async function readIdentity(handle: FileHandle): Promise<string> {
  const { dev, ino } = await handle.stat({ bigint: true });
  return `${dev}:${ino}`;
}

/** Takes back the bytes that came after the last checkpoint. */
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
    await syncFile(folder, 'sync');
  } finally {
    await folder.close();
  }
}

function fail(path: string, thrown: unknown): never {
  const { code, message } = thrown as NodeJS.ErrnoException;
  throw Object.assign(new Error(`Cannot write ${path}: ${message}`, { cause: thrown }), { code });
}
