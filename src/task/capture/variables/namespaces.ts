import * as types from 'node:util/types';
import { findSeal } from '../../../shared/seal/seal.ts';
import { findTaskModule } from '../../handle/import-tasks.ts';
import { findOrigin } from '../../definition/origins.ts';
import type { Edge } from '../../definition/graph.ts';
import { findGlobal, isNative } from '../../values/natives.ts';
import { isObjectPrototype } from '../../values/purity.ts';
import type { GraphBuilder } from '../builder/graph-builder.ts';
import { addMembers, type Member } from './partial.ts';
import { addProperty, type Trail } from '../builder/refusal.ts';
import { findUnsendable } from '../../values/unsendable.ts';
import type { MemberUse } from '../../source/syntax/function-source.ts';

/** Names by which the modules of Vite and Vitest know their imports: behind proxies, some of them. */
const viteImport = /^__vi(?:te_ssr)?_import_\d+__$/;

/**
 * Encodes an object that stands for a module, or that only holds functions, by those of its members that are read by name.
 * One export that cannot travel then stops nobody who uses another.
 *
 * @returns `undefined` where the whole object is needed, or is as easily had.
 */
export function encodeMembers(
  builder: GraphBuilder,
  value: unknown,
  name: string,
  members: ReadonlyMap<string, MemberUse> | undefined,
  trail: Trail,
): Edge | undefined {
  if (typeof value !== 'object' || value === null || members === undefined) return undefined;
  const isNamespace = types.isModuleNamespaceObject(value);
  const isHandle = findTaskModule(value) !== undefined;
  const isRead = isNamespace || isHandle || (types.isProxy(value) && viteImport.test(name));
  // Methods of a running generator would travel without its state.
  if (!isRead && (!isPlain(value) || findUnsendable(value) !== undefined)) return undefined;
  if (builder.isWhole(value) || isKnown(builder, value)) return undefined;
  const found = new Map<string, Member>();
  for (const [key, { isCalled, members: inner }] of members) {
    const property = isRead ? readMember(value, key, isHandle) : Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined) continue;
    const parts = [isCalled ? property.value : undefined, ...(isRead ? [] : listAccessors(property))];
    if (!isRead && parts.some((part) => usesThis(builder, part))) return undefined;
    // A module that is an export of another is needed by its members as well.
    const isModule = types.isModuleNamespaceObject(property.value);
    const own = addProperty(trail, key);
    const edge = isModule ? encodeMembers(builder, property.value, name, inner, own) : undefined;
    found.set(key, { property, edge });
  }
  return addMembers(builder, value, found, trail);
}

/** Returns whether an object comes from elsewhere as a whole, or may be cloned as it is. */
function isKnown(builder: GraphBuilder, value: object): boolean {
  const home =
    findOrigin(value) ??
    findSeal(value) ??
    builder.origins.findOnThread(value) ??
    findGlobal(value) ??
    builder.origins.findModule(value);
  return home !== undefined || builder.purity.isPure(value);
}

/** Returns whether an object has no class, so that nothing but its own members is to be found in it. */
function isPlain(value: object): boolean {
  if (types.isProxy(value) || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || isObjectPrototype(prototype);
}

/** @param isHandle - Whether only the worker knows which names there are. */
function readMember(namespace: object, key: string, isHandle: boolean): PropertyDescriptor | undefined {
  if (!isHandle && !Reflect.has(namespace, key)) return undefined;
  const value: unknown = Reflect.get(namespace, key);
  return { value, writable: true, enumerable: true, configurable: true };
}

function listAccessors(property: PropertyDescriptor): readonly unknown[] {
  return (['get', 'set'] as const).map((part): unknown => property[part]);
}

/**
 * Returns whether a function looks at the object that it is called on. Those of the engine and of Node that are members
 * do not.
 */
function usesThis(builder: GraphBuilder, fn: unknown): boolean {
  if (typeof fn !== 'function') return false;
  const place = isNative(fn) ? undefined : builder.origins.findPlace(fn);
  return place === undefined ? !isNative(fn) : place.source.usesThis && !place.script.url.startsWith('node:');
}
