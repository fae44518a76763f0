import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import {
  type FilePlace,
  type FileStatus,
  holdsBefore,
  type LeftFile,
  readFileStatus,
} from './followed-file.ts';

/**
 * Matches the end of names that logs get when they are rotated: `app.log.1`, `app.log-20261129`, `app.log.2026-11-29`.
 */
const NUMBER = /^\.\d{1,4}$/;
const DATE = /^[.-]\d[\d._T-]{5,}\d$/;

/** Most times that a folder is read until it stays as it is. */
const MOST_LISTINGS = 10;

/** A file that had the name of a log before; those who rotate logs count up or down, and copy or rename. */
interface Sibling extends FileStatus {
  readonly path: string;
}

async function listSiblings(path: string): Promise<Sibling[]> {
  const name = basename(path);
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const siblings: Sibling[] = [];
  for (const each of names) {
    const end = each.slice(name.length);
    if (!each.startsWith(name) || !(NUMBER.test(end) || DATE.test(end))) continue;
    const found = await readFileStatus(join(folder, each));
    if (found !== undefined) siblings.push({ path: join(folder, each), ...found });
  }
  return siblings;
}

/** Files that the lines of a `tail` come from, or came from: none is read twice, whatever name it gets. */
export class ReadFiles {
  readonly #open = new Set<string>();
  readonly #left = new Map<string, LeftFile>();

  /**
   * Takes a file to read, unless another has it, which is 'open'. Resolves to the byte up to which it was read before;
   * `undefined` where it is new.
   */
  async enter(path: string, file: FileStatus): Promise<number | 'open' | undefined> {
    if (this.#open.has(file.identity)) return 'open';
    // The file is taken before anything is waited for, so that two who look at once do not both have it.
    this.#open.add(file.identity);
    return await this.#findLeft(path, file);
  }

  leave(file: LeftFile): void {
    this.release(file.file);
    const before = this.#left.get(file.file);
    // Two that had the file in turn may each tell how far they came.
    if (before?.madeAt === file.madeAt && before.offset > file.offset) return;
    this.#left.set(file.file, file);
  }

  /** Gives a file back that was taken, and not read. */
  release(identity: string): void {
    this.#open.delete(identity);
  }

  /** Says whether a file is being read, or was. */
  async has(path: string, file: FileStatus): Promise<boolean> {
    // The inode of an open file is no other's.
    return this.#open.has(file.identity) || (await this.#findLeft(path, file)) !== undefined;
  }

  async #findLeft(path: string, { identity, madeAt }: FileStatus): Promise<number | undefined> {
    const left = this.#left.get(identity);
    if (left === undefined) return undefined;
    const isSame =
      left.madeAt === '0'
        ? left.offset > 0 && (await holdsBefore(path, left))
        : left.madeAt === String(madeAt);
    return isSame ? left.offset : undefined;
  }
}

/**
 * Finds the file that had the name of a log after another one, which was left, and before the one that has it now.
 *
 * @param now - The file that has the name now, where there is one. It is open: what comes after it is not asked for.
 */
export async function findSuccessor(
  path: string,
  left: LeftFile,
  now: FileStatus | undefined,
  read: ReadFiles,
): Promise<Sibling | undefined> {
  const siblings = await listSteadily(path);
  const direction = findDirection(siblings);
  const compare = (a: Sibling, b: Sibling): number => compareAges(a, b, direction);
  const leftMadeAt = BigInt(left.madeAt);
  const former = siblings.find(
    ({ identity, madeAt }) => identity === left.file && (leftMadeAt === 0n || leftMadeAt === madeAt),
  );
  const renamed = siblings.find(({ identity }) => identity === now?.identity);
  const isAfter = (sibling: Sibling): boolean => {
    if (former !== undefined) return compare(sibling, former) > 0;
    return leftMadeAt > 0n && sibling.madeAt >= leftMadeAt;
  };
  const isBefore = (sibling: Sibling): boolean => {
    if (renamed !== undefined) return compare(sibling, renamed) < 0;
    return now === undefined || sibling.madeAt <= now.madeAt;
  };
  const between: Sibling[] = [];
  for (const sibling of siblings) {
    if (sibling === former || sibling === renamed || !isAfter(sibling) || !isBefore(sibling)) continue;
    if (!(await read.has(sibling.path, sibling))) between.push(sibling);
  }
  return between.sort(compare)[0];
}

/** Lists the siblings of a log. While they are renamed, a folder that is read may show a file twice, or not at all. */
async function listSteadily(path: string): Promise<Sibling[]> {
  let siblings = await listSiblings(path);
  for (let tries = 0; tries < MOST_LISTINGS; tries++) {
    const again = await listSiblings(path);
    const isSteady =
      again.length === siblings.length &&
      again.every(({ path: name, identity }, at) => {
        const before = siblings[at] as Sibling;
        return name === before.path && identity === before.identity;
      });
    siblings = again;
    if (isSteady) break;
  }
  return siblings;
}

/** Says whether the names of newer files count up (1) or down (-1), as names with a number mostly do. */
function findDirection(siblings: readonly Sibling[]): 1 | -1 {
  const names = siblings.toSorted((a, b) => compareNames(a.path, b.path));
  const first = names[0];
  const last = names.at(-1);
  if (first === undefined || last === undefined) return 1;
  if (first.madeAt !== last.madeAt) return first.madeAt < last.madeAt ? 1 : -1;
  return NUMBER.test(extname(last.path)) ? -1 : 1;
}

/**
 * Orders files by when they were made. File systems keep that time in steps of some milliseconds: within one step the
 * names tell.
 */
function compareAges(a: Sibling, b: Sibling, direction: 1 | -1): number {
  if (a.madeAt !== b.madeAt) return a.madeAt < b.madeAt ? -1 : 1;
  return direction * compareNames(a.path, b.path);
}

function compareNames(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/**
 * Finds the file that a run was in: under its name, or among those that had it before; by its inode, or as the copy
 * that was made of it before it was cut. `undefined` where it is nowhere.
 *
 * @param others - Paths under which it may be found by its inode as well.
 */
export async function findFormer(
  path: string,
  place: FilePlace,
  others: readonly string[],
): Promise<string | undefined> {
  const candidates = await listSiblings(path);
  const now = await readFileStatus(path);
  if (now !== undefined) candidates.unshift({ path, ...now });
  const holding: string[] = [];
  for (const candidate of candidates) {
    if (!(await holdsBefore(candidate.path, place))) continue;
    if (candidate.identity === place.file) return candidate.path;
    holding.push(candidate.path);
  }
  // At offset 0 no bytes before it tell a file from any other.
  if (place.offset === 0) return path;
  for (const other of others) {
    const status = await readFileStatus(other);
    if (status?.identity === place.file && (await holdsBefore(other, place))) return other;
  }
  return holding[0];
}
