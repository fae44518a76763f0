import { isMap, isSet } from 'node:util/types';
import { isRefused } from '../pack/emptied.ts';

/**
 * Throws where a value holds what a thread can be sent and V8's serializer would write as an empty object: blobs, keys
 * and whatever else Node itself can clone (from 22 on), and compiled WebAssembly. Cost: some 50 ns for each object in
 * it.
 */
export function assertSendable(value: unknown): void {
  const seen = new Set<object>();
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (ArrayBuffer.isView(next)) continue;
    if (CLONE in next || isCompiled(next) || isRefusedInstance(next)) {
      throw new DOMException(`${describe(next)} cannot be sent to a process`, 'DataCloneError');
    }
    if (isMap(next)) left.push(...next.keys(), ...next.values());
    else if (isSet(next)) left.push(...next);
    else if (Array.isArray(next)) pushObjects(left, next);
    else for (const key in next) if (Object.hasOwn(next, key)) pushInner(left, next, key);
  }
}

/** Pushes the objects of an array alone: most arrays are long and hold none. */
function pushObjects(left: unknown[], values: readonly unknown[]): void {
  for (const value of values) if (typeof value === 'object' && value !== null) left.push(value);
}

function pushInner(left: unknown[], object: object, key: string): void {
  const value = (object as Readonly<Record<string, unknown>>)[key];
  if (typeof value === 'object' && value !== null) left.push(value);
}

/** Returns whether structured clone refuses an instance without fields. Fields of other instances are written. */
function isRefusedInstance(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype || prototype === Array.prototype) return false;
  return Object.keys(value).length === 0 && isRefused(value, prototype);
}

function describe(value: object): string {
  return `a ${value.constructor.name}`;
}

/** Symbol of the method by which an object of Node clones itself. */
const CLONE: symbol =
  Object.getOwnPropertySymbols(Blob.prototype).find(
    ({ description }) => description === 'messaging_clone_symbol',
  ) ?? Symbol('none');

/** Class of compiled WebAssembly; `undefined` where the program was started with `--jitless`. */
const CompiledModule = (
  globalThis as unknown as { readonly WebAssembly?: { readonly Module: new () => object } }
).WebAssembly?.Module;

function isCompiled(value: object): boolean {
  return CompiledModule !== undefined && value instanceof CompiledModule;
}
