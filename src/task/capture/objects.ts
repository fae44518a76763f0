import { TextDecoder, types } from 'node:util';
import { readStack } from '../../errors/stack.ts';
import { findSeal, type Seal } from '../../shared/seal/seal.ts';
import { findOrigin } from '../definition/origins.ts';
import type { Edge, ImportNode, ObjectBase, ObjectNode, TextType } from '../definition/graph.ts';
import { findTaskModule } from '../handle/import-tasks.ts';
import type { GraphBuilder } from './builder/graph-builder.ts';
import { encodeGlobalState } from './global-state.ts';
import { findGlobal, isNative } from '../values/natives.ts';
import { encodePrototype, findIntegrity, findMaker, isFunctionPrototype } from './classes/prototypes.ts';
import { completePartial } from './variables/partial.ts';
import { encodeProperties } from './builder/properties.ts';
import { isObjectPrototype } from '../values/purity.ts';
import { addAccess, Refusal, type Trail } from './builder/refusal.ts';
import { describeNative, findUnsendable, type Unsendable } from '../values/unsendable.ts';

/** Prototype of all iterators, which holds no state: objects of the user's inherit from it as well. */
const ofIterators: unknown = Object.getPrototypeOf(Object.getPrototypeOf([].values()));

const textTypes: readonly TextType[] = ['URL', 'URLSearchParams', 'Headers', 'TextEncoder', 'TextDecoder'];

/** Encodes an object: whole where the engine's clone is faithful, otherwise part by part. */
export function encodeObject(builder: GraphBuilder, value: object, trail: Trail | undefined): Edge {
  const partial = completePartial(builder, value, trail);
  if (partial !== undefined) {
    encodeGlobalState(builder, value, trail);
    return partial;
  }
  const seal = findSeal(value);
  if (seal !== undefined) return encodeSeal(builder, value, seal, trail);
  const origin = findOrigin(value);
  if (origin !== undefined) return builder.addNode(value, origin);
  const module = findTaskModule(value);
  if (module !== undefined) return builder.addNode(value, importModule(module));
  const name = builder.origins.findOnThread(value);
  if (name !== undefined)
    return builder.addNode(value, { kind: 'onThread', name, base: findBase(value).base });
  if (builder.purity.isPure(value)) return { value };
  // A module is known however it was loaded, and comes before anything that looks like one is refused.
  const known = findGlobal(value) ?? builder.origins.findModule(value);
  if (known !== undefined) return builder.addNode(value, known);
  const unsendable = findUnsendable(value);
  if (unsendable !== undefined) throw refuse(unsendable, trail);
  return encodeWhole(builder, value, trail) ?? encodeParts(builder, value, trail);
}

/** The module whose tasks are named here is imported where they run. */
function importModule(url: string): ImportNode {
  return { kind: 'import', base: url, specifier: url, name: '*', attributes: undefined };
}

/** Encodes objects that travel by means of their own; `undefined` for all others. */
function encodeWhole(builder: GraphBuilder, value: object, trail: Trail | undefined): Edge | undefined {
  if (ArrayBuffer.isView(value) && types.isSharedArrayBuffer(value.buffer))
    return encodeView(builder, value, trail);
  if (Buffer.isBuffer(value)) {
    // A small buffer is a piece of a pool, which must not travel along.
    const isPooled = value.buffer.byteLength > 2 * value.byteLength;
    const bytes = isPooled
      ? Uint8Array.from(value)
      : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return builder.addNode(value, { kind: 'buffer', bytes });
  }
  if (isMessageOnly(value))
    return builder.addNode(value, { kind: 'attachment', index: builder.attachments.push(value) - 1 });
  const type = findTextType(value);
  return type && builder.addNode(value, { kind: 'text', type, text: describeText(value, type) });
}

/** Encodes an object that threads have in common: it is made again over its memory. */
function encodeSeal(builder: GraphBuilder, value: object, seal: Seal, trail: Trail | undefined): Edge {
  const fields = Object.entries(seal).map(([key, part]) => [key, builder.encode(part, trail)] as const);
  return builder.addNode(value, { kind: 'seal', fields });
}

/** Encodes a view. Memory that threads share stays shared, and so do the views on it. */
function encodeView(builder: GraphBuilder, value: ArrayBufferView, trail: Trail | undefined): Edge {
  const { buffer, byteOffset: offset, byteLength } = value;
  const type = Buffer.isBuffer(value) ? 'Buffer' : readTag(value);
  const length = byteLength / ('BYTES_PER_ELEMENT' in value ? Number(value.BYTES_PER_ELEMENT) : 1);
  return builder.addNode(value, {
    kind: 'view',
    type,
    memory: builder.encode(buffer, trail),
    offset,
    length,
  });
}

function describeText(value: object, type: TextType): string {
  if (type === 'Headers') return JSON.stringify([...(value as Headers)]);
  if (type === 'TextEncoder') return '';
  if (type !== 'TextDecoder') return String(value as URL | URLSearchParams);
  const { encoding, fatal, ignoreBOM } = value as typeof TextDecoder.prototype;
  return JSON.stringify([encoding, { fatal, ignoreBOM }]);
}

function isMessageOnly(value: object): boolean {
  if (types.isSharedArrayBuffer(value) || types.isKeyObject(value) || types.isCryptoKey(value)) return true;
  return ['Blob', 'WebAssembly.Module'].includes(readTag(value));
}

/**
 * Finds the class of an object that is made again from its text. Node loads `Headers` at its first use, which takes
 * long, so the name is looked at first.
 */
function findTextType(value: object): TextType | undefined {
  const type = textTypes.find((name) => name === readTag(value));
  return type !== undefined && Object.getPrototypeOf(value) === globalThis[type].prototype ? type : undefined;
}

/** Reads the name that an object gives itself. A getter of the user's is not read. */
function readTag(value: object): string {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const tag = Object.getOwnPropertyDescriptor(at, Symbol.toStringTag) as
      | { readonly value?: unknown; readonly get?: () => unknown }
      | undefined;
    if (tag === undefined) continue;
    const name = tag.get === undefined ? tag.value : isNative(tag.get) ? tag.get.call(value) : undefined;
    return typeof name === 'string' ? name : '';
  }
  return '';
}

function encodeParts(builder: GraphBuilder, value: object, trail: Trail | undefined): Edge {
  encodeGlobalState(builder, value, trail);
  const { base, root } = findBase(value);
  assertOwnClasses(builder, value, root, trail);
  const content = base === 'clone' ? value : Array.isArray(value) ? value.length : undefined;
  const node: ObjectNode = {
    kind: 'object',
    base,
    content,
    prototype: undefined,
    properties: [],
    entries: [],
    integrity: findIntegrity(value),
  };
  if (base === 'weakmap' || base === 'weakset') builder.weak.push({ collection: value, node, trail });
  return builder.addNode(value, node, () => {
    const parts = types.isMap(value) ? [...value].flat(1) : types.isSet(value) ? [...value] : [];
    if (parts.length > 0)
      node.entries = parts.map((part) =>
        builder.encode(part, addAccess(trail, types.isMap(value) ? '.get(…)' : '.values()')),
      );
    const own = types.isNativeError(value) ? withTextStack(value) : value;
    node.properties = encodeProperties(builder, own, (key) => !isPartOfContent(value, key), trail);
    // The prototype comes last: what an instance holds says more than what its class uses.
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype !== root) node.prototype = encodePrototype(builder, prototype, trail);
  });
}

/** Finds the kind of object to start from, and the prototype that it has by itself. */
function findBase(value: object): { base: ObjectBase; root: unknown } {
  if (Array.isArray(value)) return { base: 'array', root: Array.prototype };
  if (types.isMap(value)) return { base: 'map', root: Map.prototype };
  if (types.isSet(value)) return { base: 'set', root: Set.prototype };
  if (types.isWeakMap(value)) return { base: 'weakmap', root: WeakMap.prototype };
  if (types.isWeakSet(value)) return { base: 'weakset', root: WeakSet.prototype };
  if (types.isNativeError(value)) return { base: 'error', root: Error.prototype };
  if (types.isDate(value)) return { base: 'clone', root: Date.prototype };
  if (types.isRegExp(value)) return { base: 'clone', root: RegExp.prototype };
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) || types.isBoxedPrimitive(value)) {
    return { base: 'clone', root: findNativePrototype(value) };
  }
  return { base: 'object', root: Object.prototype };
}

function findNativePrototype(value: object): unknown {
  let prototype = Object.getPrototypeOf(value) as object | null;
  while (prototype !== null && findGlobal(prototype) === undefined)
    prototype = Object.getPrototypeOf(prototype) as object | null;
  return prototype;
}

/** Refuses an instance a part of whose state is hidden: it travels as its class and its own fields. */
function assertOwnClasses(
  builder: GraphBuilder,
  value: object,
  root: unknown,
  trail: Trail | undefined,
): void {
  let prototype = Object.getPrototypeOf(value) as object | null;
  const isOrdinary = (at: object): boolean =>
    at === root || at === ofIterators || isObjectPrototype(at) || isFunctionPrototype(at);
  while (prototype !== null && !isOrdinary(prototype)) {
    const maker = findMaker(prototype);
    const isForeign =
      maker !== undefined && (isNative(maker) ? !types.isNativeError(value) : isOfNode(builder, maker));
    if (isForeign || (maker === undefined && isIterator(prototype)))
      throw refuse(describeNative(listNames(value)), trail);
    if (
      maker !== undefined &&
      builder.origins.findSource(builder.origins.inspect(maker))?.privateMember !== undefined
    ) {
      const isNamed = maker.name !== '';
      const fix = `Pass its data and make it in the task, or make it in the worker with perWorker(() => new ${isNamed ? maker.name : 'TheClass'}(…)).`;
      const noun = `an instance of ${isNamed ? `\`${maker.name}\`` : 'a class without a name'}, which has private members`;
      throw refuse({ noun, fix }, trail);
    }
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
}

function isOfNode(builder: GraphBuilder, maker: Function): boolean {
  return builder.origins.inspect(maker).script?.url.startsWith('node:') !== false;
}

function isIterator(prototype: object): boolean {
  return /Iterator(?: Helper)?$/.test(readTag(prototype));
}

function listNames(value: object): string[] {
  const names: string[] = [];
  for (
    let at = Object.getPrototypeOf(value) as object | null;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    const name = findMaker(at)?.name ?? readTag(at);
    if (name !== '' && name !== 'Object') names.push(name);
  }
  return names;
}

/**
 * Copies an error whose stack is an accessor, as on Node 24 and later, so that the stack is text, as everywhere else.
 */
function withTextStack(error: Error): object {
  const own = Object.getOwnPropertyDescriptors(error) as PropertyDescriptorMap;
  if (own['stack'] !== undefined)
    own['stack'] = { value: readStack(error), writable: true, enumerable: false, configurable: true };
  return Object.create(null, own) as object;
}

/** Returns whether a property comes with the start of the object. */
function isPartOfContent(value: object, key: string | symbol): boolean {
  if (Array.isArray(value)) return key === 'length';
  if (typeof key === 'symbol') return false;
  return (ArrayBuffer.isView(value) || types.isStringObject(value)) && /^(?:\d+|length)$/.test(key);
}

function refuse({ noun, fix }: Unsendable, trail: Trail | undefined): Refusal {
  return new Refusal('value', noun, fix, trail);
}
