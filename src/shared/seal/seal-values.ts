import { findSeal, haveSeals, type Seal } from './seal.ts';

/**
 * Copies values that are about to be cloned, with seals in the place of what threads have in common; `undefined`
 * when the values hold nothing of the kind. Only the arrays and objects on the way to a seal are copied.
 *
 * Cost: none until the thread has had such an object; then 50 ns for each object that the values hold.
 *
 * @param find - Returns the seal of an object that travels as one. `@defaultValue` what threads have in common
 */
export function sealValues(
  values: readonly unknown[],
  find: FindSeal | undefined = haveSeals() ? findSeal : undefined,
): unknown[] | undefined {
  if (find === undefined || !values.some(mayHold)) return undefined;
  const leading = findLeading(values, find);
  return leading.has(values) ? (copy(values, leading, find, new Map()) as unknown[]) : undefined;
}

type FindSeal = (object: object) => Seal | undefined;

function mayHold(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Finds all objects that travel as a seal, and those that hold one at any depth. */
function findLeading(root: object, find: FindSeal): Set<object> {
  const holders = new Map<object, object[]>([[root, []]]);
  const sealed: object[] = [];
  // A map that grows is walked to its end, without a stack of its own.
  for (const holder of holders.keys()) {
    if (find(holder) !== undefined) {
      sealed.push(holder);
      continue;
    }
    for (const part of listParts(holder)) {
      if (typeof part !== 'object' || part === null) continue;
      const known = holders.get(part);
      if (known === undefined) holders.set(part, [holder]);
      else known.push(holder);
    }
  }
  const leading = new Set(sealed);
  for (const object of leading) for (const holder of holders.get(object) ?? []) leading.add(holder);
  return leading;
}

function copy(
  value: unknown,
  leading: ReadonlySet<object>,
  find: FindSeal,
  copies: Map<object, unknown>,
): unknown {
  if (typeof value !== 'object' || value === null || !leading.has(value)) return value;
  const seal = find(value);
  if (seal !== undefined) return seal;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>();
    copies.set(value, map);
    for (const [key, part] of value)
      map.set(copy(key, leading, find, copies), copy(part, leading, find, copies));
    return map;
  }
  if (value instanceof Set) {
    const set = new Set();
    copies.set(value, set);
    for (const part of value) set.add(copy(part, leading, find, copies));
    return set;
  }
  const object: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
  copies.set(value, object);
  if (Array.isArray(value)) (object as unknown[]).length = value.length;
  for (const key of Object.keys(value)) {
    const part = copy((value as Record<string, unknown>)[key], leading, find, copies);
    Object.defineProperty(object, key, { value: part, writable: true, enumerable: true, configurable: true });
  }
  return object;
}

/** Lists what a clone takes along. Getters and proxies of the user may throw: the clone of the value will say so. */
function listParts(value: object): readonly unknown[] {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
    return [];
  try {
    if (value instanceof Map) return [...value.keys(), ...value.values()];
    if (value instanceof Set) return [...value];
    return Array.isArray(value) ? value : Object.values(value);
  } catch {
    return [];
  }
}
