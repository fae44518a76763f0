import * as types from 'node:util/types';
import { findSeal } from '../../shared/seal/seal.ts';
import { isObjectPrototype } from '../values/purity.ts';
import { takeFirst } from '../values/take-first.ts';
import { isChangedBy } from './text/mutators.ts';
import type { CallUse, Change, Path } from './text/use.ts';

/** The most things of an object that are looked at. */
const MOST_LOOKED_AT = 1000;

/**
 * Returns whether an object is what everybody takes for data: an array, a map, a set, memory of its own, a plain
 * object.
 */
export function isData(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  if (findSeal(value) !== undefined) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (ArrayBuffer.isView(value)) return !types.isSharedArrayBuffer(value.buffer);
  if (Array.isArray(value)) return prototype === Array.prototype;
  if (types.isMap(value)) return prototype === Map.prototype;
  if (types.isSet(value)) return prototype === Set.prototype;
  const isPlain = prototype === null || isObjectPrototype(prototype);
  return isPlain && !types.isArgumentsObject(value) && !types.isModuleNamespaceObject(value);
}

/**
 * Returns whether a use changes data that `root` holds, and does nothing else.
 *
 * @param isOpen - What does not exist yet on the way will be data, too: only such is put there.
 */
export function isLostChange(root: object, use: Change | CallUse, isOpen: boolean): boolean {
  const holders = findHolders(root, use.path);
  if (holders === undefined) return isOpen;
  return holders.every((holder) => {
    if (!isData(holder)) return false;
    return use.kind === 'call' ? isChangedBy(holder, use.method) : !hasSetters(holder);
  });
}

/** Lists the objects that a path may lead to; `undefined` where it leads to what is not there yet. */
function findHolders(root: object, path: Path): readonly unknown[] | undefined {
  let holders: readonly unknown[] = [root];
  for (const key of path) {
    // An object on the way may be no data but an instance, whose getters are the user's code.
    if (!holders.every(isData)) return [undefined];
    const next = holders.flatMap((holder) => listChildren(holder as object, key));
    if (next.length === 0) return undefined;
    holders = next.slice(0, MOST_LOOKED_AT);
  }
  return holders;
}

function listChildren(holder: object, key: string | undefined): readonly unknown[] {
  if (key === undefined) {
    if (types.isMap(holder)) return takeFirst(holder.values(), MOST_LOOKED_AT);
    if (Array.isArray(holder) || types.isSet(holder))
      return takeFirst(holder as Iterable<unknown>, MOST_LOOKED_AT);
    if (ArrayBuffer.isView(holder)) return [];
    return Object.keys(holder)
      .slice(0, MOST_LOOKED_AT)
      .flatMap((name) => listChildren(holder, name));
  }
  const property = Object.getOwnPropertyDescriptor(holder, key);
  if (property === undefined) return key in holder ? [undefined] : [];
  return [property.value];
}

/** Returns whether setting a member may run code, which everybody may see. */
function hasSetters(holder: object): boolean {
  if (ArrayBuffer.isView(holder) || Array.isArray(holder)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(holder)).some(
    (property) => property.set !== undefined,
  );
}
