import { lstat, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

/** A file to scan, before it is read. */
export interface FoundFile {
  /** Relative to the scanned folder, with `/` on every platform. */
  readonly path: string;
  /** The package that it belongs to, as {@link describePackage} says. */
  readonly package: string;
  /** Size in bytes, when the file was listed. */
  readonly size: number;
  /** Why it cannot be read, when that is known already. */
  readonly problem?: string;
}

const SCANNED = /\.(?:[cm]?js|d\.[cm]?ts)$/;

/** Files above this size go first. */
const LARGE = 1_000_000;

/**
 * Lists the JavaScript and declaration files of a folder and its subfolders; links are not followed.
 *
 * @remarks
 * The order is the same on every machine: by path, but the files above 1 MB come first, the largest at the
 * head. A file that takes seconds would otherwise hold back the rows behind it, or run alone at the end.
 * A subfolder that cannot be read is listed with its problem; rejects when the folder itself cannot be read.
 */
export async function findFiles(folder: string): Promise<FoundFile[]> {
  const root = resolve(folder);
  const files: FoundFile[] = [];
  await walk(root, '', files);
  return files.sort(compareFiles);
}

async function walk(root: string, folder: string, found: FoundFile[]): Promise<void> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: Error) => {
    if (folder === '') throw error;
    found.push({ path: folder, package: describePackage(root, folder), size: 0, problem: error.message });
    return [];
  });
  await Promise.all(
    entries.map(async (entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return walk(root, path, found);
      if (!entry.isFile() || !SCANNED.test(entry.name)) return;
      // A file that has vanished meanwhile is met again, and reported, where it is read.
      const size = await lstat(join(root, path)).then(
        (stats) => stats.size,
        () => 0,
      );
      found.push({ path, package: describePackage(root, path), size });
    }),
  );
}

/** Names the package of a file: what follows the last `node_modules`, or else the top folder. */
export function describePackage(root: string, path: string): string {
  const parts = [basename(root), ...path.split('/')];
  const start = parts.lastIndexOf('node_modules') + 1;
  const [name = '', second = ''] = parts.slice(start === 0 ? 1 : start, -1);
  if (name === '') return '.';
  return start > 0 && name.startsWith('@') && second !== '' ? `${name}/${second}` : name;
}

function compareFiles(a: FoundFile, b: FoundFile): number {
  const sizeFirst = (b.size > LARGE ? b.size : 0) - (a.size > LARGE ? a.size : 0);
  if (sizeFirst !== 0) return sizeFirst;
  return a.path < b.path ? -1 : 1;
}
