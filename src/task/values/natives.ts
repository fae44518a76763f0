import Module from 'node:module';
import { pathToFileURL } from 'node:url';
import type { GraphNode } from '../graph.ts';
import { isEntry } from '../reference/entry.ts';

/** Enumerable globals that every thread of Node has. All others of the language and of Node are not enumerable. */
const enumerableGlobals = new Set(
  (
    'global clearImmediate setImmediate clearInterval clearTimeout setInterval setTimeout queueMicrotask ' +
    'structuredClone atob btoa performance fetch navigator crypto localStorage sessionStorage'
  ).split(' '),
);

let globals: Map<unknown, readonly string[]> | undefined;
let wellKnownSymbols: Map<symbol, string> | undefined;

/** Whether a global variable is part of the language or of Node, so that a worker has its own. */
export function isStandardGlobal(name: string): boolean {
  const property = Object.getOwnPropertyDescriptor(globalThis, name);
  if (property === undefined) return name in globalThis;
  return property.enumerable !== true || enumerableGlobals.has(name);
}

/** Where a worker finds its own twin of a built-in value, such as `Math.max` or `Array.prototype`. */
export function findGlobal(value: unknown): GraphNode | undefined {
  globals ??= listGlobals();
  const path = globals.get(value);
  return path && { kind: 'global', path };
}

/** Whether the text of a function is the engine's. */
export function isNative(fn: Function): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(fn));
}

/** The name of a symbol that the language defines, such as `iterator`. */
export function findWellKnownSymbol(symbol: symbol): string | undefined {
  wellKnownSymbols ??= new Map(
    Object.entries(Object.getOwnPropertyDescriptors(Symbol)).flatMap(([name, { value }]) =>
      typeof value === 'symbol' ? [[value, name] as const] : [],
    ),
  );
  return wellKnownSymbols.get(symbol);
}

/** How a worker loads the module whose exports this object is: one of Node's own, or a CommonJS module. */
export function findModuleObject(value: object): GraphNode | undefined {
  for (const id of Module.builtinModules) {
    if (!isLoaded(id) || process.getBuiltinModule(id) !== value) continue;
    return {
      kind: 'import',
      base: import.meta.url,
      specifier: `node:${id.replace(/^node:/, '')}`,
      name: 'default',
      attributes: undefined,
    };
  }
  const cache = (Module as unknown as { _cache: Record<string, NodeJS.Module | undefined> })._cache;
  for (const [path, loaded] of Object.entries(cache)) {
    if (loaded?.exports !== value || !loaded.loaded || isEntry(path)) continue;
    return { kind: 'require', base: pathToFileURL(path).href, path };
  }
  return undefined;
}

function isLoaded(id: string): boolean {
  return (process as unknown as { moduleLoadList: readonly string[] }).moduleLoadList.includes(
    `NativeModule ${id.replace(/^node:/, '')}`,
  );
}

function listGlobals(): Map<unknown, readonly string[]> {
  const found = new Map<unknown, readonly string[]>([[globalThis, []]]);
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!isStandardGlobal(name) || !add(found, globalThis, name, [name])) continue;
    const value: unknown = Reflect.get(globalThis, name);
    for (const key of listKeys(value)) if (key !== 'prototype') add(found, value, key, [name, key]);
    const prototype: unknown = typeof value === 'function' ? value.prototype : undefined;
    if (typeof prototype !== 'object' || prototype === null) continue;
    if (!found.has(prototype)) found.set(prototype, [name, 'prototype']);
    for (const key of listKeys(prototype)) add(found, prototype, key, [name, 'prototype', key]);
  }
  return found;
}

/** Accessors are left unread: some of them load a module or print a warning. */
function add(
  found: Map<unknown, readonly string[]>,
  owner: unknown,
  key: string,
  path: readonly string[],
): boolean {
  const property = Object.getOwnPropertyDescriptor(Object(owner), key);
  const isQuiet = path.length === 1 && (key === 'crypto' || key === 'performance');
  const value: unknown = isQuiet ? Reflect.get(Object(owner) as object, key) : property?.value;
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || found.has(value))
    return false;
  found.set(value, path);
  return true;
}

function listKeys(value: unknown): readonly string[] {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? Object.getOwnPropertyNames(value)
    : [];
}
