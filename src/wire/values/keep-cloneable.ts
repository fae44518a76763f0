import { isMap, isSet } from 'node:util/types';
import { carryValues } from '../pack/carry.ts';

/** Depth from which parts of what was thrown are left out. */
const DEEPEST = 8;

export interface Pruning {
  /** The paths of what cannot be cloned. */
  readonly dropped: string[];
  /** Number of values that may still be looked at: what was thrown may lead to all that the program has. */
  left: number;
}

export const MOST_READ = 1000;

/**
 * Makes a copy with what can be cloned of an object's parts, and of the parts of plain objects and arrays among them.
 */
export function keepParts(value: object, path: string, pruning: Pruning, depth: number): object {
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) {
    if (pruning.left-- <= 0) break;
    const part = readProperty(value, key);
    const place = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (!isCloneable(part) && (depth >= DEEPEST || !isPlain(part))) {
      pruning.dropped.push(place);
      continue;
    }
    const kept = isCloneable(part) ? part : keepParts(part as object, place, pruning, depth + 1);
    Object.defineProperty(copy, key, { value: kept, writable: true, enumerable: true, configurable: true });
  }
  return copy;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

export function readProperty(from: object, key: string): unknown {
  try {
    return Reflect.get(from, key);
  } catch {
    return undefined;
  }
}

/**
 * The most levels of a field that is kept. The main thread reads some 2,000 levels, and a worker writes 15,000: a field
 * must not cost the error that has it.
 */
const MOST_LEVELS = 1000;

export function isDeep(value: unknown): boolean {
  const seen = new Set<unknown>();
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_LEVELS) return true;
    const next: unknown[] = [];
    for (const object of level) {
      if (typeof object !== 'object' || object === null || seen.has(object) || ArrayBuffer.isView(object))
        continue;
      seen.add(object);
      const parts = isMap(object) ? [...object].flat() : isSet(object) ? object : Object.values(object);
      for (const part of parts) if (typeof part === 'object' && part !== null) next.push(part);
    }
    level = next;
  }
  return false;
}

export function isCloneable(value: unknown): boolean {
  if (value === null) return true;
  switch (typeof value) {
    case 'function':
    case 'symbol':
      return false;
    case 'object':
      break;
    default:
      return true;
  }
  try {
    // A part that would have to be replaced, such as a URL or an AbortSignal, cannot cross in a field.
    if (carryValues([value]).isSealed) return false;
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
