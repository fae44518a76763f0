import { findSeal } from '../../shared/seal/seal.ts';

// An import would read all that node:util exports, and so load more than a worker needs.
const types = process.getBuiltinModule('node:util/types');

type Parts = Iterator<readonly [step: string, read: () => unknown]>;

/**
 * Lists what a clone of an object takes along: how each part is reached, and the part; `undefined` for an object that
 * holds no others, or of which the clone says itself, before it reads a part, whether it can be made.
 */
export function listParts(value: object): Parts | undefined {
  if (findSeal(value) !== undefined || isOpaque(value)) return undefined;
  if (value instanceof Map) return listEntries(value);
  if (value instanceof Set) return listValues(value);
  if (isContainer(value) || holdsObjects(value)) return listProperties(value);
  return undefined;
}

/** Returns whether an object is what every clone takes apart: an array, a map, a set, an object without a class. */
export function isContainer(value: object): boolean {
  if (Array.isArray(value) || types.isMap(value) || types.isSet(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype;
  return isPlain && !types.isModuleNamespaceObject(value) && !types.isArgumentsObject(value);
}

/**
 * Returns whether no clone goes into an object, or only the engine can read it: a proxy's traps would run, and a buffer
 * has a key a byte.
 */
function isOpaque(value: object): boolean {
  return (
    types.isProxy(value) ||
    ArrayBuffer.isView(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isNativeError(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isGeneratorObject(value) ||
    types.isExternal?.(value)
  );
}

function holdsObjects(value: object): boolean {
  try {
    return Object.values(value).some(
      (part) =>
        (typeof part === 'object' && part !== null) || typeof part === 'function' || typeof part === 'symbol',
    );
  } catch {
    // A getter of the object throws, which is to be said by name.
    return true;
  }
}

function* listEntries(map: ReadonlyMap<unknown, unknown>): Generator<[string, () => unknown]> {
  let position = 0;
  for (const [key, inner] of map) {
    yield [`.keys()[${position}]`, () => key];
    yield [typeof key === 'string' ? `.get(${JSON.stringify(key)})` : `.values()[${position}]`, () => inner];
    position++;
  }
}

function* listValues(set: ReadonlySet<unknown>): Generator<[string, () => unknown]> {
  let position = 0;
  for (const inner of set) yield [`.values()[${position++}]`, () => inner];
}

function* listProperties(value: object): Generator<[string, () => unknown]> {
  for (const key of Object.keys(value)) {
    yield [describeStep(value, key), () => (value as Record<string, unknown>)[key]];
  }
}

function describeStep(value: object, key: string): string {
  if (Array.isArray(value)) return `[${key}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
