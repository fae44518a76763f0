import { type Case, type Enter, listCases } from './case.ts';

const shared = { count: 1 };
const left = { shared, label: 'left' };
const right = { shared, label: 'right', work: () => shared.count };
interface Ring {
  name: string;
  next?: Ring;
  run?: () => string;
}
const plainRing: Ring = { name: 'plain' };
plainRing.next = plainRing;
const workingRing: Ring = { name: 'working', run: () => workingRing.name };
workingRing.next = workingRing;
const map = new Map<unknown, unknown>([
  ['a', 1],
  [{ key: true }, new Set([1, 'two'])],
]);
const functionMap = new Map<string, (value: number) => number>([['double', (value) => value * 2]]);
const functionSet = new Set([(value: number) => value + 1]);
const memory = new ArrayBuffer(16);
const bytes = new Uint8Array(memory, 4, 8).fill(7);
const view = new DataView(memory, 4);
const floats = Float64Array.of(1.5, Number.NaN, -0);
const sharedMemory = new SharedArrayBuffer(8);
const sharedNumbers = new Int32Array(sharedMemory).fill(9);
const buffer = Buffer.from('grüße');
const bufferPair = { one: Buffer.from('one'), work: () => bufferPair.one.toString() };
const frozen = Object.freeze({ list: Object.freeze([1, 2]), name: 'frozen' });
const sealed = Object.seal({ value: 1 });
const closed = Object.preventExtensions({ value: 2 });
const bare: Record<string, unknown> = Object.assign(Object.create(null) as object, {
  a: 1,
  __proto__: undefined,
});
const registered = Symbol.for('telar.test');
const keyed = { [registered]: 'by registered symbol', [Symbol.toStringTag]: 'Keyed', plain: 1 };
const accessors = {
  kept: 5,
  get doubled() {
    return this.kept * 2;
  },
  set doubled(value: number) {
    this.kept = value / 2;
  },
};
const descriptors = Object.defineProperties({} as { hidden: number; fixed: number }, {
  hidden: { value: 1, enumerable: false, writable: true, configurable: true },
  fixed: { value: 2, enumerable: true, writable: false, configurable: false },
});
const heir = Object.create(
  { inherited: 'yes', say: () => 'hello' },
  { own: { value: 1, enumerable: true } },
) as {
  own: number;
  inherited: string;
  say: () => string;
};
// oxlint-disable-next-line no-sparse-arrays
const sparse = [1, , 3] as number[];
const tagged = Object.assign([1, 2], { tag: 'array with a field' });
const functions = {
  list: [(value: number) => value + 1, (value: number) => value * 2],
  nested: { run: () => 'run' },
};
const counted = Object.assign((value: number) => value, { calls: 3, label: 'counted' });
const failure = new RangeError('out of range', { cause: new TypeError('the cause') });
const coded = Object.assign(new Error('coded'), { code: 'E_CODE', details: { at: 3 } });
const many = new AggregateError([new Error('first'), new TypeError('second')], 'many');
const date = new Date(1_600_000_000_000);
const sticky = /b/y;
sticky.lastIndex = 1;
const big = Array.from({ length: 5000 }, (_, index) => ({ index, text: `row ${index}` }));
const deepList = Array.from({ length: 5000 }).reduce<unknown>((inner) => ({ inner }), 'bottom');
const url = new URL('https://example.org/a/b?c=d#e');
const parameters = new URLSearchParams({ q: 'a b' });
const headers = new Headers({ accept: 'text/plain' });
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-16le');
const aliases = { max: Math.max, keys: Object.keys, slice: Array.prototype.slice, json: JSON, maths: Math };
const { hrtime, env } = process;
const now = performance.now.bind(performance);
const { subtle } = crypto;
const { log } = console;
const typedArray = Object.getPrototypeOf(Int8Array) as { name: string };
const deepFunctions = Array.from({ length: 5000 }).reduce<() => number>(
  (inner) => () => inner() + 1,
  () => 0,
);
const deepMixed = Array.from({ length: 5000 }).reduce<unknown>((inner) => ({ inner }), {
  run: () => 'bottom',
});
const selfContaining = new Map<string, unknown>();
selfContaining.set('itself', selfContaining).set('size', () => selfContaining.size);
function Replaced(): void {
  // The prototype of this function is another object.
}
Replaced.prototype = { constructor: Replaced, greet: () => 'hello' };
const replaced = Reflect.construct(Replaced, []) as { greet: () => string };
const blob = new Blob(['blob']);
const constructors = { Map, Uint8Array, Error, Promise };
const numbers = {
  nan: Number.NaN,
  minusZero: -0,
  infinite: -Infinity,
  big: 2n ** 70n,
  none: null,
  missing: undefined,
};
const boxed = { number: Object(1) as object, text: Object('boxed') as object };

export const valueCases: readonly Case[] = listCases(3, {
  'parts of process, performance, crypto and console': async () => [
    typeof hrtime.bigint(),
    typeof env,
    typeof now(),
    (await subtle.digest('SHA-256', new Uint8Array(1))).byteLength,
    typeof log,
    typedArray.name,
  ],
  'five thousand functions in a row': () => deepFunctions(),
  'five thousand levels above a function': () => {
    let at = deepMixed as { inner?: unknown; run?: () => string };
    while (at.run === undefined) at = at.inner as typeof at;
    return at.run();
  },
  'a map that contains itself': () => [
    selfContaining.get('itself') === selfContaining,
    (selfContaining.get('size') as () => number)(),
  ],
  'an instance of a function with another prototype': () => [replaced.greet(), replaced instanceof Replaced],
  'a blob': async () => await blob.text(),
  'numbers, bigints and nothing': () => numbers,
  'minus zero': () => Object.is(numbers.minusZero, -0),
  'strings and booleans': (value: number) => ['text'.repeat(value), true, false, 'a\u0000b\ud83d'],
  'a date': () => [date.toISOString(), date instanceof Date],
  'a regular expression and its place': () => [sticky.lastIndex, sticky.test('ab'), sticky.flags],
  'a map': () => [map, map.get('a')],
  'a map of functions': (value: number) => functionMap.get('double')?.(value),
  'a set of functions': (value: number) => [...functionSet].map((one) => one(value)),
  'typed arrays on one memory': () => [
    bytes,
    bytes.byteOffset,
    view.getUint8(0),
    bytes.buffer === view.buffer,
  ],
  floats: () => [floats, Object.is(floats[2], -0)],
  'shared memory': () => [sharedNumbers[1], sharedNumbers.buffer === sharedMemory, sharedMemory.byteLength],
  'a buffer': () => [buffer.toString(), Buffer.isBuffer(buffer), buffer.length],
  'a buffer in an object with functions': () => bufferPair.work(),
  'nested objects and arrays': () => ({ a: [{ b: [[left]] }] }),
  'a plain circle': () => plainRing.next?.next === plainRing,
  'a circle with functions': () => [workingRing.next === workingRing, workingRing.run?.()],
  'one object behind two variables': () => [left.shared === shared, right.shared === shared, right.work()],
  'changes to a copy are seen by all who share it': () => {
    left.shared.count += 1;
    const result = [shared.count, right.work()];
    left.shared.count -= 1;
    return result;
  },
  'frozen, sealed and closed objects': () => [
    Object.isFrozen(frozen),
    Object.isFrozen(frozen.list),
    Object.isSealed(sealed),
    Object.isExtensible(closed),
    frozen.list,
  ],
  'an object without a prototype': () => [Object.getPrototypeOf(bare), Object.keys(bare)],
  'registered and well-known symbols': () => [
    keyed[registered],
    Object.prototype.toString.call(keyed),
    keyed.plain,
  ],
  'a registered symbol by itself': () => registered === Symbol.for('telar.test'),
  'getters and setters': () => {
    const before = accessors.doubled;
    accessors.doubled = 40;
    const after = accessors.kept;
    accessors.kept = 5;
    return [before, after];
  },
  'hidden and fixed properties': () => [
    Object.keys(descriptors),
    descriptors.hidden,
    Object.getOwnPropertyDescriptor(descriptors, 'fixed')?.writable,
  ],
  'an object with another for prototype': () => [heir.own, heir.inherited, heir.say(), Object.keys(heir)],
  'a sparse array': () => [sparse.length, 1 in sparse, sparse],
  'an array with a field': () => [tagged.tag, tagged.length],
  'functions in objects and arrays': (value: number) => [
    functions.list.map((one) => one(value)),
    functions.nested.run(),
  ],
  'a function with fields': (value: number) => [
    counted(value),
    counted.calls,
    counted.label,
    Object.keys(counted),
  ],
  'an error with its cause': () => [
    failure instanceof RangeError,
    failure.message,
    (failure.cause as Error).name,
  ],
  'an error with fields': () => [coded.code, coded.details, coded.message],
  'an error with errors': () => [
    many instanceof AggregateError,
    many.errors.map((one: Error) => one.message),
  ],
  'the stack of an error': () => failure.stack?.includes('RangeError: out of range'),
  'five thousand objects': () => [big.length, big[4999]],
  'five thousand levels': () => {
    let depth = 0;
    for (let at: unknown = deepList; typeof at === 'object' && at !== null; at = Reflect.get(at, 'inner'))
      depth += 1;
    return depth;
  },
  'a URL': () => [url.pathname, url instanceof URL, url.searchParams.get('c')],
  'search parameters': () => parameters.get('q'),
  headers: () => headers.get('accept'),
  'text encoder and decoder': () => [encoder.encode('é'), decoder.encoding],
  'native functions by another name': (value: number) => [aliases.max(value, 9), aliases.keys({ a: 1 })],
  'a native method by another name': () => aliases.slice.call([1, 2, 3], 1),
  'built-in objects by another name': () => [aliases.json === JSON, aliases.maths.sign(-3)],
  'built-in classes by another name': () => [
    new constructors.Map([[1, 2]]),
    new constructors.Uint8Array(2),
    new constructors.Error('e') instanceof Error,
    constructors.Promise === Promise,
  ],
  'boxed values': () => [Number(boxed.number), String(boxed.text), typeof boxed.number],
  'global functions': (value: number) => [
    Number.parseInt('12px', 10),
    encodeURIComponent('a b'),
    structuredClone({ value }),
    typeof setTimeout,
    typeof fetch,
    globalThis === global,
  ],
  'the process': () => [process.version, typeof process.env, process.platform],
  'undefined by name': () => [undefined, NaN, Infinity],
});

export const enter: Enter = (visit) => visit();
