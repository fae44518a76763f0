import { posix } from 'node:path';

/** Imports of each file within the project, as paths from the repository's root. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * Finds folders that import each other, directly or in a ring: each knot once, its folders sorted. A folder is the files that lie in it;
 * what lies in its subfolders is not counted as its own, so a parent and its child can be a knot.
 *
 * @remarks These are the strongly connected components of the graph of folders, by Tarjan's algorithm (1972).
 */
export function findKnots(imports: Imports): string[][] {
  const neighbours = listNeighbours(imports);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const knots: string[][] = [];

  const visit = (folder: string): number => {
    const own = order.size;
    let low = own;
    order.set(folder, own);
    path.push(folder);
    for (const next of neighbours.get(folder) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (path.includes(next)) low = Math.min(low, order.get(next) as number);
    }
    lowest.set(folder, low);
    if (low === own) {
      const knot = path.splice(path.indexOf(folder));
      if (knot.length > 1) knots.push(knot.sort());
    }
    return low;
  };

  for (const folder of neighbours.keys()) if (!order.has(folder)) visit(folder);
  return knots.sort((a, b) => (a[0] as string).localeCompare(b[0] as string));
}

function listNeighbours(imports: Imports): Map<string, Set<string>> {
  const neighbours = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const folder = posix.dirname(file);
    const own = neighbours.get(folder) ?? new Set();
    neighbours.set(folder, own);
    for (const target of targets) {
      const other = posix.dirname(target);
      if (imports.has(target) && other !== folder) own.add(other);
    }
  }
  return neighbours;
}

/** Groups files by the folder that they lie in. */
export function groupByFolder(files: Iterable<string>): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const folder = posix.dirname(file);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return folders;
}
