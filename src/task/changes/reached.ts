import { isMap, isSet } from 'node:util/types';
/** The most objects that are looked at. Beyond, one that is changed may be reached in any way. */
const MOST_VISITS = 200_000;

/**
 * Returns whether an object, or a part of it, can also be reached from other captured values, by which it may be read:
 * a view of the same memory, an object that holds it.
 */
export function isReachedOtherwise(object: object, values: Iterable<unknown>): boolean {
  const parts = new Set<object>([object]);
  if (!walk(parts)) return true;
  const others = new Set<object>();
  for (const value of values) if (value !== object && isObject(value)) others.add(value);
  return !walk(others, parts);
}

/** Adds all that the objects hold. Returns false when there is too much of it, or when it meets one of `forbidden`. */
function walk(objects: Set<object>, forbidden?: ReadonlySet<object>): boolean {
  // The loop goes through objects that it adds: a set that grows is walked to its end.
  for (const object of objects) {
    if (objects.size > MOST_VISITS || forbidden?.has(object) === true) return false;
    for (const part of listParts(object)) if (isObject(part)) objects.add(part);
  }
  return true;
}

function listParts(object: object): readonly unknown[] {
  if (ArrayBuffer.isView(object)) return [object.buffer];
  const parts: unknown[] = [];
  if (isMap(object)) parts.push(...object.keys(), ...object.values());
  else if (isSet(object)) parts.push(...object);
  for (const property of Object.values(Object.getOwnPropertyDescriptors(object)))
    if ('value' in property) parts.push(property.value);
  return parts;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
