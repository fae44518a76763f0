import type {
  Edge,
  GraphNode,
  Integrity,
  ObjectNode,
  PropertyEdge,
  TextType,
  ViewNode,
} from '../../definition/graph.ts';

/** Gives the value at the end of an edge. */
export type Get = (edge: Edge) => unknown;

/** Creates the object that a node starts from, still empty. */
export function createObject(node: Pick<ObjectNode, 'base' | 'content'>, prototype: unknown): object {
  switch (node.base) {
    case 'object':
      return prototype === undefined ? {} : (Object.create(prototype as object | null) as object);
    case 'array':
      return withPrototype([], prototype);
    case 'map':
      return withPrototype(new Map(), prototype);
    case 'set':
      return withPrototype(new Set(), prototype);
    case 'weakmap':
      return withPrototype(new WeakMap(), prototype);
    case 'weakset':
      return withPrototype(new WeakSet(), prototype);
    case 'error':
      return withPrototype(new Error(), prototype);
    case 'clone':
      return withPrototype(node.content as object, prototype);
  }
}

/** Gives an object its content, then closes it as the original was closed. */
export function fillObject(object: object, node: ObjectNode, get: Get): void {
  // Entries go by the methods of the language: a subclass may have a `set` or an `add` of its own that must not see
  // this.
  const { entries } = node;
  if (node.base === 'map')
    fillPairs(entries, get, (key, value) => Map.prototype.set.call(object, key, value));
  if (node.base === 'weakmap')
    fillPairs(entries, get, (key, value) => WeakMap.prototype.set.call(object, key as object, value));
  if (node.base === 'set') for (const edge of entries) Set.prototype.add.call(object, get(edge));
  if (node.base === 'weakset')
    for (const edge of entries) WeakSet.prototype.add.call(object, get(edge) as object);
  defineProperties(object, node.properties, get);
  if (Array.isArray(object)) object.length = node.content as number;
  closeObject(object, node.integrity);
}

export function defineProperties(object: object, properties: readonly PropertyEdge[], get: Get): void {
  for (const { key, value, get: getter, set: setter, writable, enumerable, configurable } of properties) {
    const name = (typeof key === 'string' ? key : get(key)) as string | symbol;
    const property =
      value === undefined
        ? {
            get: getter && (get(getter) as () => unknown),
            set: setter && (get(setter) as (value: unknown) => void),
            enumerable,
            configurable,
          }
        : { value: get(value), writable, enumerable, configurable };
    Object.defineProperty(object, name, property as PropertyDescriptor);
  }
}

/** Makes an object again that is as good as its text. */
export function createFromText(type: TextType, text: string): object {
  switch (type) {
    case 'URL':
      return new URL(text);
    case 'URLSearchParams':
      return new URLSearchParams(text);
    case 'Headers':
      return new Headers(JSON.parse(text) as [string, string][]);
    case 'TextEncoder':
      return new TextEncoder();
    case 'TextDecoder':
      return new TextDecoder(...(JSON.parse(text) as [string, { fatal: boolean; ignoreBOM: boolean }]));
  }
}

/** Creates a view on memory that all threads share. */
export function createView({ type, offset, length }: ViewNode, memory: SharedArrayBuffer): unknown {
  if (type === 'Buffer') return Buffer.from(memory, offset, length);
  return Reflect.construct(Reflect.get(globalThis, type) as new () => unknown, [memory, offset, length]);
}

export function findSymbol({ key, isWellKnown }: GraphNode & { kind: 'symbol' }): symbol {
  return isWellKnown ? (Reflect.get(Symbol, key) as symbol) : Symbol.for(key);
}

function withPrototype<Value extends object>(object: Value, prototype: unknown): Value {
  if (prototype !== undefined) Object.setPrototypeOf(object, prototype as object | null);
  return object;
}

function fillPairs(entries: readonly Edge[], get: Get, set: (key: unknown, value: unknown) => void): void {
  for (let index = 0; index < entries.length; index += 2) {
    const [key, value] = entries.slice(index, index + 2);
    if (key !== undefined && value !== undefined) set(get(key), get(value));
  }
}

export function closeObject(object: object, integrity: Integrity): void {
  if (integrity === 'closed') Object.preventExtensions(object);
  if (integrity === 'sealed') Object.seal(object);
  if (integrity === 'frozen') Object.freeze(object);
}
