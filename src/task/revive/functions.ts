import type { FunctionNode, MemberNode } from '../definition/graph.ts';
import { closeObject, defineProperties, type Get } from './objects/objects.ts';

export function nameFunction(fn: Function, name: string | undefined): void {
  if (name !== undefined && Object.getOwnPropertyDescriptor(fn, 'name')?.value !== name)
    Object.defineProperty(fn, 'name', { value: name, configurable: true });
}

/** Gives a constructor the object that its instances inherit from, if that is another than it was made with. */
export function setPrototype(fn: Function, { ownPrototype }: FunctionNode, get: Get): void {
  const prototype = ownPrototype && get(ownPrototype);
  if (prototype !== undefined && fn.prototype !== prototype) fn.prototype = prototype;
}

/** Does to a function or a class what was done to the original. */
export function fillFunction(fn: Function, node: FunctionNode, get: Get): void {
  setPrototype(fn, node, get);
  const prototype = node.ownPrototype === undefined ? readPrototype(fn) : undefined;
  for (const { isStatic, key } of node.removed) {
    const owner = isStatic ? fn : prototype;
    if (owner !== undefined) Reflect.deleteProperty(owner, key);
  }
  defineProperties(fn, node.properties, get);
  if (node.chain !== undefined) Object.setPrototypeOf(fn, get(node.chain) as object | null);
  if (prototype !== undefined) {
    defineProperties(prototype, node.prototype, get);
    if (node.above !== undefined) Object.setPrototypeOf(prototype, get(node.above) as object | null);
    closeObject(prototype, node.prototypeIntegrity);
  }
  closeObject(fn, node.integrity);
}

/** The methods that classes have from their texts, which stay known when others have taken their places. */
export class ClassMembers {
  readonly #kept = new Map<Function, readonly [statics: Members, prototype: Members]>();

  /** Keeps the methods of a class. Called before the class is changed. */
  keep(fn: Function, { properties, prototype, removed }: FunctionNode): void {
    if (properties.length + prototype.length + removed.length > 0 && !this.#kept.has(fn)) {
      this.#kept.set(fn, readMembers(fn));
    }
  }

  read({ isStatic, key, part }: MemberNode, fn: Function, get: Get): unknown {
    const [statics, prototype] = this.#kept.get(fn) ?? readMembers(fn);
    const name = (typeof key === 'string' ? key : get(key)) as string;
    return (isStatic ? statics : prototype)[name]?.[part];
  }
}

type Members = Readonly<Record<string, PropertyDescriptor>>;

function readMembers(fn: Function): readonly [statics: Members, prototype: Members] {
  return [
    Object.getOwnPropertyDescriptors(fn),
    Object.getOwnPropertyDescriptors(readPrototype(fn) ?? {}),
  ] as const;
}

function readPrototype(fn: Function): object | undefined {
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value;
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}
