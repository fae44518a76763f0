import { isNode } from '../../machine/host.ts';
import type { GraphNode } from '../definition/graph.ts';

/** Enumerable globals that every thread of Node has. All others of the language and of Node are not enumerable. */
const enumerableGlobals = new Set(
  (
    'global clearImmediate setImmediate clearInterval clearTimeout setInterval setTimeout queueMicrotask ' +
    'structuredClone atob btoa performance fetch navigator crypto localStorage sessionStorage'
  ).split(' '),
);

/** Names of globals of Bun and Deno that can be enumerated; on Node they cannot, or a program has put them there. */
const hostGlobals = new Set(
  (isNode
    ? ''
    : 'Buffer process Bun Deno Blob File Request Response Headers FormData TextEncoder TextDecoder AbortController AbortSignal ' +
      'Event EventTarget CustomEvent DOMException MessageChannel MessagePort BroadcastChannel CompressionStream ' +
      'DecompressionStream TextEncoderStream TextDecoderStream URLPattern WebSocket CryptoKey SubtleCrypto Performance'
  ).split(' '),
);

/** Global accessors that only give what is there. */
const quietGlobals = new Set(['crypto', 'performance', 'process', 'Buffer', 'console']);
const quietMembers = new Set(['subtle']);

let globals: Map<unknown, readonly string[]> | undefined;
let wellKnownSymbols: Map<symbol, string> | undefined;

/** Returns whether a global variable is part of the language or of Node, so that a worker has its own. */
export function isStandardGlobal(name: string): boolean {
  const property = Object.getOwnPropertyDescriptor(globalThis, name);
  if (property === undefined) return name in globalThis;
  return property.enumerable !== true || enumerableGlobals.has(name) || hostGlobals.has(name);
}

/** Finds the place where a worker has its own twin of a built-in value, such as `Math.max` or `Array.prototype`. */
export function findGlobal(value: unknown): GraphNode | undefined {
  globals ??= listGlobals();
  const path = globals.get(value);
  return path && { kind: 'global', path };
}

/** Reads this thread's own value at a place that `findGlobal` gave. */
export function findGlobalAt([first = '', ...path]: readonly string[]): unknown {
  const hidden = first.startsWith('%') ? listHidden()[first] : undefined;
  const keys = hidden === undefined && first !== '' ? [first, ...path] : path;
  return keys.reduce<unknown>(
    (value, key) => Reflect.get(Object(value) as object, key),
    hidden ?? globalThis,
  );
}

/** Returns whether the text of a function is the engine's. */
export function isNative(fn: Function): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(fn));
}

/** Finds the name of a symbol that the language defines, such as `iterator`. */
export function findWellKnownSymbol(symbol: symbol): string | undefined {
  wellKnownSymbols ??= new Map(
    Object.entries(Object.getOwnPropertyDescriptors(Symbol)).flatMap(([name, { value }]) =>
      typeof value === 'symbol' ? [[value, name] as const] : [],
    ),
  );
  return wellKnownSymbols.get(symbol);
}

function listGlobals(): Map<unknown, readonly string[]> {
  const found = new Map<unknown, readonly string[]>([[globalThis, []]]);
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value = isStandardGlobal(name) ? readQuietly(globalThis, name, quietGlobals) : undefined;
    if (!isObject(value) || found.has(value)) continue;
    found.set(value, [name]);
    addMembers(found, value, [name]);
    const above: unknown = Object.getPrototypeOf(value);
    if (typeof value === 'function') addMembers(found, value.prototype, [name, 'prototype']);
    // An object such as `performance` or `crypto` has its methods from a class.
    else if (above !== Object.prototype) addMembers(found, above, [name]);
    // The class `%TypedArray%` has no name of its own.
    if (isObject(above) && !found.has(above)) found.set(above, [name, '__proto__']);
  }
  // Generators that compilers make for old targets inherit from these.
  for (const [name, value] of Object.entries(listHidden())) if (!found.has(value)) found.set(value, [name]);
  return found;
}

/** Lists objects of the language that no global leads to, by names that no global has. */
function listHidden(): Readonly<Record<string, object>> {
  const above = (value: object): object => Object.getPrototypeOf(value) as object;
  const ofArrays = above([].values());
  const ofAsyncFunctions = above(async () => undefined);
  const ofGenerators = above(function* () {});
  const ofAsyncGenerators = above(async function* () {});
  const instances = (functions: object): object => Reflect.get(functions, 'prototype') as object;
  return {
    '%ArrayIteratorPrototype%': ofArrays,
    '%IteratorPrototype%': above(ofArrays),
    '%AsyncFunctionPrototype%': ofAsyncFunctions,
    '%GeneratorFunctionPrototype%': ofGenerators,
    '%GeneratorPrototype%': instances(ofGenerators),
    '%AsyncGeneratorFunctionPrototype%': ofAsyncGenerators,
    '%AsyncGeneratorPrototype%': instances(ofAsyncGenerators),
    '%AsyncIteratorPrototype%': above(instances(ofAsyncGenerators)),
  };
}

function addMembers(found: Map<unknown, readonly string[]>, owner: unknown, path: readonly string[]): void {
  if (!isObject(owner)) return;
  if (path.at(-1) === 'prototype' && !found.has(owner)) found.set(owner, path);
  for (const key of Object.getOwnPropertyNames(owner)) {
    const value = readQuietly(owner, key, quietMembers);
    if (key !== 'constructor' && isObject(value) && !found.has(value)) found.set(value, [...path, key]);
  }
}

/** Reads a property. Accessors that are not known stay unread: some of them load a module or print a warning. */
function readQuietly(owner: object, key: string, readable: ReadonlySet<string>): unknown {
  const property = Object.getOwnPropertyDescriptor(owner, key);
  const isReadable = property?.get !== undefined && readable.has(key);
  return isReadable ? Reflect.get(key === 'subtle' ? crypto : owner, key) : property?.value;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
