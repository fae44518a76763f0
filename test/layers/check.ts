import { posix } from 'node:path';
import type { Floor } from './floors.ts';
import { listImports } from './imports.ts';

/** Source files by their path from the repository's root. */
export type Tree = ReadonlyMap<string, string>;

/** The rules of one house: its floors, and the packages that one file alone may import. */
export interface House {
  readonly floors: readonly Floor[];
  readonly wrappedPackages: readonly string[];
}

interface Place {
  readonly level: number;
  readonly room: string;
}

/** Describes every import that breaks the rules of the house; none means that they hold. */
export function findBrokenRules(tree: Tree, { floors, wrappedPackages }: House): string[] {
  const broken: string[] = [];
  const imports = new Map<string, string[]>();
  const importers = new Map<string, string[]>();

  for (const [file, source] of tree) {
    const specifiers = listImports(source);
    for (const name of wrappedPackages) {
      if (!specifiers.some((specifier) => specifier === name || specifier.startsWith(`${name}/`))) continue;
      importers.set(name, [...(importers.get(name) ?? []), file]);
    }
    const targets = resolveTargets(file, specifiers);
    imports.set(file, targets);

    const place = locate(file, floors);
    if (place === undefined) {
      broken.push(`${file} stands on no floor: give it a place in test/layers/floors.ts.`);
      continue;
    }
    for (const target of targets) {
      const targetPlace = locate(target, floors);
      if (targetPlace === undefined) {
        broken.push(`${file} imports ${target}, which stands on no floor.`);
      } else if (!mayImport(place, targetPlace)) {
        broken.push(
          `${file} (floor ${place.level}, ${place.room}) imports ${target} (floor ${targetPlace.level}, ${targetPlace.room}).`,
        );
      }
    }
  }

  for (const [name, files] of importers) {
    if (files.length > 1) broken.push(`${name} is imported in more than one file: ${files.join(', ')}.`);
  }
  return [...broken, ...describeCircles(imports)];
}

/** Describes every circle of imports in a tree that has no floors. */
export function findCircularImports(tree: Tree): string[] {
  const files = Array.from(
    tree,
    ([file, source]) => [file, resolveTargets(file, listImports(source))] as const,
  );
  return describeCircles(new Map(files));
}

function resolveTargets(file: string, specifiers: readonly string[]): string[] {
  return specifiers
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(file), specifier));
}

function describeCircles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  return findCircles(imports).map((circle) => `Imports run in a circle: ${circle.join(' → ')}.`);
}

function locate(file: string, floors: readonly Floor[]): Place | undefined {
  for (const { level, rooms } of floors) {
    const room = rooms.find((name) => (isFolder(name) ? file.startsWith(name) : file === name));
    if (room !== undefined) return { level, room };
  }
  return undefined;
}

function isFolder(room: string): boolean {
  return room.endsWith('/');
}

function mayImport(from: Place, to: Place): boolean {
  if (to.level !== from.level) return to.level < from.level;
  return to.room === from.room || !isFolder(to.room);
}

/** Lists each circle once, from the file where the search met it first and back to it. */
function findCircles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];

  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start !== -1) circles.push([...path.slice(start), file]);
    if (start !== -1 || done.has(file)) return;
    path.push(file);
    for (const target of imports.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };

  for (const file of imports.keys()) visit(file);
  return circles;
}
