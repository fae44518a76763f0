import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type FilePlace, holdsBefore, readFileStatus } from './followed-file.ts';

/**
 * Matches the end of names that logs get when they are rotated: `app.log.1`, `app.log-20261129`, `app.log.2026-11-29`.
 */
const NUMBER = /^\.\d{1,4}$/;
const DATE = /^[.-]\d[\d._T-]{5,}\d$/;

/** A file that had the name of a log before. */
interface Sibling {
  readonly path: string;
  readonly identity: string;
  /** Time at which the file was made, in ns: those who rotate logs count up or down, and copy or rename. */
  readonly madeAt: bigint;
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

/**
 * Finds the files that had the name of a log after another one, which has it no more, and before the one that has it
 * now.
 *
 * @param known - Identities of the files that were read already.
 */
export async function findSuccessors(
  path: string,
  identity: string,
  known: ReadonlySet<string>,
): Promise<string[]> {
  const siblings = await listSiblings(path);
  const former = siblings.find((sibling) => sibling.identity === identity);
  if (former === undefined) return [];
  return siblings
    .filter((sibling) => sibling.madeAt > former.madeAt && !known.has(sibling.identity))
    .sort((a, b) => compareAges(a, b, former))
    .map((sibling) => sibling.path);
}

/**
 * Orders files by when they were made. File systems keep that time in steps of some milliseconds: within one step the
 * names tell, which count up or down from the name of the former file on.
 */
function compareAges(a: Sibling, b: Sibling, former: Sibling): number {
  if (a.madeAt !== b.madeAt) return a.madeAt < b.madeAt ? -1 : 1;
  const countsUp = compareNames(a.path, former.path) > 0;
  return countsUp ? compareNames(a.path, b.path) : compareNames(b.path, a.path);
}

function compareNames(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/**
 * Finds the file that a run was in: under its name, or among those that had it before; by its inode, or as the copy
 * that was made of it before it was cut. `undefined` where it is nowhere.
 */
export async function findFormer(path: string, place: FilePlace): Promise<string | undefined> {
  const now = await readFileStatus(path);
  const candidates = [...(now === undefined ? [] : [{ path, ...now }]), ...(await listSiblings(path))];
  const holding: string[] = [];
  for (const candidate of candidates) {
    if (!(await holdsBefore(candidate.path, place))) continue;
    if (candidate.identity === place.file) return candidate.path;
    holding.push(candidate.path);
  }
  // At offset 0 no bytes before it tell a file from any other.
  return place.offset === 0 ? path : holding[0];
}
