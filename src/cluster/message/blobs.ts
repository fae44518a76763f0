import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeValue } from '../../errors/describe.ts';
import { optionError } from '../../options/check.ts';
import { decodeBody, encodeBody } from '../../wire/frames/frame.ts';
import { ClusterError } from '../cluster-error.ts';
import { FLAGS, HEAD, STOWED } from './envelope.ts';

/** Messages above that many bytes do not go through the broker, where there are blobs. */
const LARGE = 1024 * 1024;
/** Milliseconds after which a file that nobody has fetched is nobody's any more. */
const LIFE = 24 * 60 * 60_000;
const KEY = /^[A-Za-z0-9._-]{1,120}\.(in|out-[0-9a-f]{12})$/;

/**
 * A place for large messages that callers and nodes share, such as a bucket of S3. Keys have letters, digits, `.`, `_` and `-`. What
 * is left behind by programs that died may be deleted after a day.
 *
 * @experimental
 */
export interface Blobs {
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  get(key: string): Promise<Uint8Array>;
  remove(key: string): Promise<unknown>;
}

/** Throws unless blobs are given as they may be, and makes them of a folder. */
export function resolveBlobs(blobs: unknown): Blobs | undefined {
  if (blobs === undefined) return undefined;
  if (typeof blobs === 'string' && blobs !== '') return new BlobFolder(blobs);
  const { put, get, remove } = Object(blobs) as Partial<Record<keyof Blobs, unknown>>;
  if ([put, get, remove].every((method) => typeof method === 'function')) return blobs as Blobs;
  throw optionError(
    `Expected \`blobs\` to be a folder that all machines share, or { put, get, remove }, got ${describeValue(blobs)}.`,
  );
}

/** Keeps a large message in blobs, and returns what travels in its place. */
export async function stow(blobs: Blobs | undefined, sealed: Buffer, key: string): Promise<Buffer> {
  if (blobs === undefined || sealed.length <= LARGE) return sealed;
  await blobs.put(key, sealed);
  const body = encodeBody({ key, bytes: sealed.length, hash: hash(sealed) });
  const reference = Buffer.concat([sealed.subarray(0, HEAD), body]);
  reference[FLAGS] = STOWED;
  return reference;
}

/**
 * Fetches a message that lies in blobs. What was said of its length and its content is checked, so a signature of the
 * reference is one of the message.
 *
 * @returns The message, and its key where it had one.
 *
 * @throws ClusterError with `reason` 'refused' where it is not what was said; and what `get` rejects with.
 */
export async function unstow(
  blobs: Blobs | undefined,
  sealed: Buffer,
): Promise<{ readonly sealed: Buffer; readonly key: string | undefined }> {
  if (((sealed[FLAGS] ?? 0) & STOWED) === 0) return { sealed, key: undefined };
  if (blobs === undefined) {
    throw new ClusterError(
      'What came from the broker lies in blobs, and none were given: --blobs of the nodes, `blobs` of the Cluster.',
      'refused',
    );
  }
  const { key, bytes, hash: expected } = readReference(sealed);
  const found = Buffer.from(await blobs.get(key));
  if (found.length !== bytes || hash(found) !== expected) {
    throw new ClusterError(`The blob ${key} is not what was put there.`, 'refused');
  }
  return { sealed: found, key };
}

/** Files in a folder that all machines share. */
class BlobFolder implements Blobs {
  readonly #folder: string;
  #made: Promise<unknown> | undefined;
  #isCleaned = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    // A failure is not kept: a folder of another machine may be there again later, and one that was deleted is made again.
    try {
      await (this.#made ??= mkdir(this.#folder, { recursive: true, mode: 0o700 }));
      const path = join(this.#folder, key);
      // The file is renamed when it is complete: whoever reads it finds all of it, or nothing.
      const part = `${path}.${process.pid}.part`;
      await writeFile(part, bytes, { mode: 0o600 });
      if (!this.#isCleaned) await this.#clean(part);
      await rename(part, path);
    } catch (thrown) {
      this.#made = undefined;
      throw thrown;
    }
  }

  async get(key: string): Promise<Uint8Array> {
    return await readFile(join(this.#folder, key));
  }

  async remove(key: string): Promise<void> {
    await rm(join(this.#folder, key), { force: true });
  }

  /** Deletes what programs have left that died. The time is that of the folder: the clock of this machine may be hours off. */
  async #clean(fresh: string): Promise<void> {
    this.#isCleaned = true;
    const { mtimeMs: now } = await stat(fresh);
    for (const name of await readdir(this.#folder)) {
      if (!/\.(in|out-[0-9a-f]+)(\.\d+\.part)?$/.test(name)) continue;
      const path = join(this.#folder, name);
      // oxlint-disable-next-line no-await-in-loop -- a handful of files is looked at, once in the life of a program.
      const found = await stat(path).catch(() => undefined);
      // oxlint-disable-next-line no-await-in-loop -- a handful of files is removed, once in the life of a program.
      if (found !== undefined && now - found.mtimeMs > LIFE) await rm(path, { force: true });
    }
  }
}

function readReference(sealed: Buffer): { key: string; bytes: number; hash: string } {
  let read: unknown;
  try {
    read = decodeBody(sealed.subarray(HEAD));
  } catch {
    read = undefined;
  }
  const { key, bytes, hash: expected } = Object(read) as Record<string, unknown>;
  // A key from the broker never becomes another path.
  const isRight = typeof key === 'string' && KEY.test(key) && Number.isSafeInteger(bytes);
  if (!isRight || typeof expected !== 'string') {
    throw new ClusterError('The broker holds the name of a blob that Telar did not write.', 'refused');
  }
  return { key, bytes: bytes as number, hash: expected };
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
