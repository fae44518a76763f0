import type { Transferable } from 'node:worker_threads';

/** Plain objects of one shape, turned on their side: an array for each property. */
export interface Columns {
  readonly keys: readonly string[];
  readonly columns: readonly Column[];
  readonly count: number;
}

/** One property of all objects of a chunk. */
type Column =
  | { readonly kind: 'numbers'; readonly numbers: Float64Array<ArrayBuffer> }
  | { readonly kind: 'flags'; readonly flags: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'strings'; readonly strings: readonly string[] }
  /** The same primitive in each object. */
  | { readonly kind: 'constant'; readonly value: unknown };

/** Wider objects gain little, and their shape costs more to compare. */
const WIDEST = 32;

/** The columns of objects that all look like `first`, or `undefined` when they do not, or hold more than primitives. */
export function packColumns(
  values: readonly unknown[],
  first: object,
  transfers: Set<Transferable>,
): Columns | undefined {
  const keys = Object.keys(first);
  if (keys.length === 0 || keys.length > WIDEST || keys.includes('__proto__')) return undefined;
  const objects = values as readonly Record<string, unknown>[];
  if (!haveShape(objects, keys)) return undefined;
  const columns: Column[] = [];
  for (const key of keys) {
    const column = packColumn(objects, key);
    if (column === undefined) return undefined;
    columns.push(column);
  }
  for (const column of columns) {
    if (column.kind === 'numbers') transfers.add(column.numbers.buffer);
    if (column.kind === 'flags') transfers.add(column.flags.buffer);
  }
  return { keys, columns, count: values.length };
}

/** Whether all are plain objects with just these keys in this order. */
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

/** Only primitives: objects within objects may be shared or cyclic, which clone keeps and columns would not. */
function packColumn(objects: readonly Record<string, unknown>[], key: string): Column | undefined {
  const first = objects[0]?.[key];
  const count = objects.length;
  switch (typeof first) {
    case 'number': {
      const numbers = new Float64Array(count);
      for (let i = 0; i < count; i++) {
        const value = objects[i]?.[key];
        if (typeof value !== 'number') return undefined;
        numbers[i] = value;
      }
      return { kind: 'numbers', numbers };
    }
    case 'boolean': {
      const flags = new Uint8Array(count);
      for (let i = 0; i < count; i++) {
        const value = objects[i]?.[key];
        if (typeof value !== 'boolean') return undefined;
        flags[i] = value ? 1 : 0;
      }
      return { kind: 'flags', flags };
    }
    case 'string': {
      const strings: string[] = [];
      let isConstant = true;
      for (let i = 0; i < count; i++) {
        const value = objects[i]?.[key];
        if (typeof value !== 'string') return undefined;
        if (value !== first) isConstant = false;
        strings.push(value);
      }
      return isConstant ? { kind: 'constant', value: first } : { kind: 'strings', strings };
    }
    case 'undefined':
      return isConstantColumn(objects, key, first) ? { kind: 'constant', value: first } : undefined;
    case 'object':
      return first === null && isConstantColumn(objects, key, first)
        ? { kind: 'constant', value: null }
        : undefined;
    default:
      return undefined;
  }
}

function isConstantColumn(objects: readonly Record<string, unknown>[], key: string, first: unknown): boolean {
  return objects.every((object) => object[key] === first);
}

/** New objects from columns. */
export function unpackColumns({ keys, columns, count }: Columns): unknown[] {
  const template: Record<string, unknown> = {};
  keys.forEach((key, at) => {
    template[key] = readColumn(columns[at] as Column, 0);
  });
  const objects: Record<string, unknown>[] = [];
  for (let i = 0; i < count; i++) objects.push({ ...template });
  // One property of all objects after the other: each store in the inner loop sees one name and one kind.
  keys.forEach((key, at) => {
    const column = columns[at] as Column;
    switch (column.kind) {
      case 'numbers':
        for (let i = 0; i < count; i++) (objects[i] as Record<string, unknown>)[key] = column.numbers[i];
        break;
      case 'flags':
        for (let i = 0; i < count; i++) (objects[i] as Record<string, unknown>)[key] = column.flags[i] === 1;
        break;
      case 'strings':
        for (let i = 0; i < count; i++) (objects[i] as Record<string, unknown>)[key] = column.strings[i];
        break;
      case 'constant':
        break;
    }
  });
  return objects;
}

function readColumn(column: Column, at: number): unknown {
  switch (column.kind) {
    case 'numbers':
      return column.numbers[at];
    case 'flags':
      return column.flags[at] === 1;
    case 'strings':
      return column.strings[at];
    case 'constant':
      return column.value;
  }
}
