import type { Edge, Integrity } from '../../definition/graph.ts';
import { findGlobal, isNative } from '../../values/natives.ts';
import type { GraphBuilder } from '../builder/graph-builder.ts';
import { addAccess, addProperty, type Trail } from '../builder/refusal.ts';

const functionPrototypes = new Set<unknown>(
  [() => undefined, async () => undefined, function* () {}, async function* () {}].map((fn): unknown =>
    Object.getPrototypeOf(fn),
  ),
);

/** Encodes a prototype: `Foo.prototype` travels as a part of `Foo`. */
export function encodePrototype(
  builder: GraphBuilder,
  prototype: object | null,
  trail: Trail | undefined,
): Edge {
  if (prototype === null) return { value: null };
  const own = addProperty(trail, 'constructor');
  const maker = findMaker(prototype);
  if (maker === undefined) return builder.encode(prototype, addAccess(trail, ' (its prototype)'));
  return findGlobal(prototype) === undefined
    ? builder.addNode(prototype, { kind: 'prototype', of: builder.encode(maker, own) })
    : builder.encode(prototype, own);
}

/** Finds the function that an object is the prototype of, as the object says. */
export function findMaker(prototype: object): Function | undefined {
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof maker !== 'function') return undefined;
  return Object.getOwnPropertyDescriptor(maker, 'prototype')?.value === prototype ? maker : undefined;
}

/** Reads the object that instances of a function inherit from. */
export function readPrototype(fn: Function): object | undefined {
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value;
  const isObject = (typeof prototype === 'object' && prototype !== null) || typeof prototype === 'function';
  return isObject ? prototype : undefined;
}

/**
 * Returns whether functions inherit from this by themselves: in this realm, or in another (test runners have their
 * own).
 */
export function isFunctionPrototype(prototype: unknown): boolean {
  if (functionPrototypes.has(prototype)) return true;
  if (typeof prototype === 'function') return prototype.name === '' && isNative(prototype);
  if (typeof prototype !== 'object' || prototype === null) return false;
  const tag: unknown = Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag)?.value;
  return typeof tag === 'string' && /^(?:Async)?(?:Generator)?Function$/.test(tag);
}

export function findIntegrity(value: object): Integrity {
  if (Object.isExtensible(value)) return 'open';
  if (Object.isFrozen(value)) return 'frozen';
  return Object.isSealed(value) ? 'sealed' : 'closed';
}
