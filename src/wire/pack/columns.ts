import type { Transferable } from 'node:worker_threads';
import { findSeal } from '../../shared/seal/seal.ts';
import { findFewTexts } from './few-texts.ts';
import { handOver } from './hand-over.ts';
import { type Column, type ColumnKind, findReader, findWriter } from './columns-code.ts';

/** Plain objects of one shape, or arrays of one length, turned on their side: an array for each property. */
export interface Columns {
  readonly keys: readonly string[];
  /** Whether the values are arrays, such as the entries of a Map. */
  readonly areArrays: boolean;
  readonly kinds: readonly ColumnKind[];
  readonly columns: readonly Column[];
  readonly count: number;
}

/** The most properties of objects that are packed: wider ones gain little, and their shape costs more to compare. */
const WIDEST = 32;

/** Packs objects or arrays that all look like `first`; `undefined` when they do not, or hold more than primitives. */
export function packColumns(
  values: readonly unknown[],
  first: object,
  transfers: Set<Transferable>,
): Columns | undefined {
  const areArrays = Array.isArray(first);
  // A typed array or a long array has a key for each element: they are not even listed.
  if (areArrays ? first.length > WIDEST : Object.getPrototypeOf(first) !== Object.prototype) return undefined;
  const keys = Object.keys(first);
  if (keys.length === 0 || keys.length > WIDEST || keys.includes('__proto__')) return undefined;
  const kinds: ColumnKind[] = [];
  for (const key of keys) {
    const kind = chooseKind((first as Record<string, unknown>)[key]);
    // Nothing else would tell a hole in an array with a property from an element.
    if (kind === undefined || (areArrays && kind === 'undefined')) return undefined;
    kinds.push(kind);
  }
  if (areArrays ? !areLists(values, keys.length) : !haveShape(values, keys)) return undefined;
  const count = values.length;
  const columns = kinds.map((kind) => openColumn(kind, count));
  if (!findReader({ keys, areArrays, kinds })(values as readonly Record<string, unknown>[], columns))
    return undefined;
  columns.forEach((column, at) => {
    if (ArrayBuffer.isView(column)) {
      handOver(column.buffer, transfers);
    } else if (Array.isArray(column)) {
      [kinds[at], columns[at]] = packTexts(column as readonly string[]);
    }
  });
  return { keys, areArrays, kinds, columns, count };
}

/** Packs texts: one that all are, some that occur many times, or each of them. */
function packTexts(texts: readonly string[]): [ColumnKind, Column] {
  if (texts.every((text) => text === texts[0])) return ['constant', texts[0]];
  const few = findFewTexts(texts);
  return few === undefined ? ['string', texts] : ['few', few];
}

/** Makes new objects from columns. */
export function unpackColumns({ columns, count, ...shape }: Columns): unknown[] {
  return findWriter(shape)(columns, count);
}

/**
 * Chooses the kind of a column for primitives only: objects within objects may be shared or cyclic, which clone keeps
 * and columns would not.
 */
function chooseKind(value: unknown): ColumnKind | undefined {
  switch (typeof value) {
    case 'number':
      return 'number';
    case 'boolean':
      return 'flag';
    case 'string':
      return 'string';
    case 'undefined':
      return 'undefined';
    default:
      return value === null ? 'null' : undefined;
  }
}

function openColumn(kind: ColumnKind, count: number): Column {
  if (kind === 'number') return new Float64Array(count);
  if (kind === 'flag') return new Uint8Array(count);
  if (kind === 'string') return [];
  return kind === 'null' ? null : undefined;
}

/** Returns whether all values are arrays of that length, without holes, other properties, or other threads that see them. */
function areLists(values: readonly unknown[], length: number): boolean {
  for (const value of values) {
    if (!Array.isArray(value) || value.length !== length || findSeal(value) !== undefined) return false;
    if (Object.getPrototypeOf(value) !== Array.prototype || Object.keys(value).length !== length)
      return false;
  }
  return true;
}

/** Returns whether all values are plain objects with just these keys in this order. */
function haveShape(objects: readonly unknown[], keys: readonly string[]): boolean {
  for (const object of objects) {
    if (typeof object !== 'object' || object === null) return false;
    if (Object.getPrototypeOf(object) !== Object.prototype) return false;
    let position = 0;
    // Object.prototype has nothing enumerable unless somebody put it there; then the keys differ, and clone serves.
    for (const key in object) {
      if (key !== keys[position++]) return false;
    }
    if (position !== keys.length) return false;
  }
  return true;
}
