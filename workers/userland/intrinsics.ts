/** One thing of the language, or of Node, that Telar relies on in a worker, as it was before any task ran. */
export interface Intrinsic {
  readonly holder: object;
  readonly key: PropertyKey;
  /** Descriptor of the property; `undefined` where the property is inherited. */
  readonly descriptor: PropertyDescriptor | undefined;
  /** Value that reading the property gives. */
  readonly value: unknown;
  /** Whether Node itself goes by the property: then it is put back for good. */
  readonly isOfNode: boolean;
  /** Whether nothing of Telar uses the property between the calls of one item. */
  readonly isUnusedInside: boolean;
}

const GLOBALS =
  'Object Function Array String Number Boolean Symbol BigInt Promise Map Set WeakMap WeakSet WeakRef RegExp Date Math JSON ' +
  'Reflect Proxy Atomics Error TypeError RangeError SyntaxError ArrayBuffer SharedArrayBuffer DataView Uint8Array Int32Array ' +
  'Uint32Array Float64Array BigInt64Array Buffer TextDecoder TextEncoder URL AbortController AbortSignal MessageChannel process ' +
  'performance structuredClone queueMicrotask setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate ' +
  'globalThis';

/** Globals that libraries replace often, as fake timers do, and that Telar itself does not use in pipelines. */
const UNUSED_INSIDE: ReadonlySet<PropertyKey> = new Set(
  (
    'setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate queueMicrotask Date performance ' +
    'structuredClone URL AbortController AbortSignal MessageChannel'
  ).split(' '),
);

/** Members, of those that users can reach, that Telar uses, and piscina, comlink and Node. `*` is all functions. */
const STATICS: Readonly<Record<string, string>> = {
  Object: '*',
  Reflect: '*',
  Promise: '*',
  JSON: '*',
  Atomics: 'load store add sub wait notify exchange compareExchange',
  Array: 'from isArray of',
  ArrayBuffer: 'isView',
  Buffer: 'from alloc allocUnsafe allocUnsafeSlow concat byteLength isBuffer',
  Date: 'now',
  Error: 'captureStackTrace',
  Math: 'min max floor ceil round abs trunc random imul',
  Number: 'isInteger isFinite isNaN isSafeInteger',
  String: 'fromCharCode',
  Symbol: 'for',
};
const MEMBERS: Readonly<Record<string, string>> = {
  Object: 'hasOwnProperty toString valueOf',
  Array:
    'at concat every filter find findIndex flat flatMap forEach includes indexOf join map pop push reduce reverse shift slice ' +
    'some sort splice unshift values keys entries fill',
  String:
    'at charCodeAt codePointAt endsWith includes indexOf lastIndexOf match matchAll padStart replace replaceAll slice split ' +
    'startsWith substring toLowerCase trim',
  Promise: '*',
  Map: '*',
  Set: '*',
  WeakMap: '*',
  WeakSet: '*',
  WeakRef: '*',
  RegExp: 'exec test',
  Error: 'toString',
  Buffer: 'copy readUInt32LE writeUInt32LE write toString subarray slice indexOf equals',
  TextDecoder: 'decode',
  TextEncoder: 'encode encodeInto',
  AbortController: 'abort',
  MessagePort: '*',
  EventTarget: '*',
};
const OF_TYPED_ARRAYS = 'subarray slice set fill indexOf values';
const OF_EMITTERS = 'on once off emit addListener removeListener listenerCount';
const OF_FUNCTIONS = 'call apply bind toString';
const OF_PROCESS =
  'on once off emit addListener removeListener nextTick emitWarning exit reallyExit getBuiltinModule hrtime kill cwd';
const OF_STORAGE = 'run enterWith getStore exit';

/** Holders of properties that everything has: one that is added there shows in all of Telar's own objects. */
export const COMMON: readonly object[] = [Object.prototype, Array.prototype, Function.prototype];

/** Lists all intrinsics as they are now. Cost: 1 ms. */
export function listIntrinsics(): Intrinsic[] {
  const found: Intrinsic[] = [];
  const add = (holder: object, key: PropertyKey, isOfNode = false): void => {
    if (!(key in holder)) return;
    // The value is read first: Node 20 defines some globals at the first read.
    const value = (holder as Record<PropertyKey, unknown>)[key];
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, key);
    if (descriptor !== undefined) Reflect.setPrototypeOf(descriptor, null);
    const isUnusedInside = holder === globalThis ? UNUSED_INSIDE.has(key) : key === 'now';
    found.push({ holder, key, descriptor, value, isOfNode, isUnusedInside });
  };
  const addOfNode = (holder: object, names: string): void => {
    for (const key of names.split(' ')) add(holder, key, true);
  };
  const addMembers = (holder: unknown, names: string): void => {
    if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null) return;
    const keys = names === '*' ? Reflect.ownKeys(holder) : names.split(' ');
    for (const key of keys) {
      const { value, writable } = Reflect.getOwnPropertyDescriptor(holder, key) ?? {};
      if (typeof value === 'function' && writable === true && key !== 'constructor') add(holder, key);
    }
  };
  const read = (name: string): { readonly prototype?: object } | undefined =>
    (globalThis as unknown as Record<string, { readonly prototype?: object } | undefined>)[name];
  for (const name of GLOBALS.split(' ')) add(globalThis, name);
  for (const name of Object.keys(STATICS)) addMembers(read(name), STATICS[name] as string);
  for (const name of Object.keys(MEMBERS)) addMembers(read(name)?.prototype, MEMBERS[name] as string);
  // Loops and spreads ask for `Symbol.iterator`.
  for (const type of [Array, Map, Set, String]) add(type.prototype, Symbol.iterator);
  addMembers(prototypeOf(Uint8Array.prototype), OF_TYPED_ARRAYS);
  for (const iterator of [[].values(), new Map().values(), new Set().values()])
    addMembers(prototypeOf(iterator), 'next');
  // The prototype above that of Node's ports has no name.
  addMembers(prototypeOf(MessagePort.prototype), '*');
  addOfNode(Function.prototype, OF_FUNCTIONS);
  addOfNode(process, OF_PROCESS);
  addOfNode(process.getBuiltinModule('node:events').EventEmitter.prototype, OF_EMITTERS);
  addMembers(process.getBuiltinModule('node:async_hooks').AsyncLocalStorage.prototype, OF_STORAGE);
  addMembers(prototypeOf(performance), 'now');
  add(performance, 'now');
  return found;
}

function prototypeOf(value: object): object {
  return Reflect.getPrototypeOf(value) as object;
}

/** Looks whether all intrinsics are as they were, in 20 µs. Throws what a getter throws that is in the place of one. */
export function areIntact(intrinsics: readonly Intrinsic[]): boolean {
  for (let i = 0; i < intrinsics.length; i++) {
    const { holder, key, value } = intrinsics[i] as Intrinsic;
    if ((holder as Record<PropertyKey, unknown>)[key] !== value) return false;
  }
  return true;
}

/**
 * Makes a function that looks the same in 1 µs: code made for the list. It takes 2 ms to make.
 *
 * @returns `areIntact` where code from strings is forbidden.
 */
export function compileCheck(
  intrinsics: readonly Intrinsic[],
): (intrinsics: readonly Intrinsic[]) => boolean {
  const holders = [...new Set(intrinsics.map(({ holder }) => holder))];
  const symbols = [...new Set(intrinsics.map(({ key }) => key).filter((key) => typeof key === 'symbol'))];
  const checks = intrinsics.map(({ holder, key }, at) => {
    const name = typeof key === 'symbol' ? `s${symbols.indexOf(key)}` : JSON.stringify(key);
    return `h${holders.indexOf(holder)}[${name}]===v${at}`;
  });
  const names = [
    ...holders.map((_, at) => `h${at}`),
    ...symbols.map((_, at) => `s${at}`),
    ...intrinsics.map((_, at) => `v${at}`),
  ];
  try {
    // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- of names that stand in this file.
    const make = new Function(...names, `return()=>${checks.join('&&')}`) as (
      ...args: unknown[]
    ) => () => boolean;
    return make(...holders, ...symbols, ...intrinsics.map(({ value }) => value));
  } catch {
    return areIntact;
  }
}
