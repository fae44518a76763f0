const keep: unknown[] = [];
/** Takes whatever it is given, for ever. */
function hoard(make: (round: number) => unknown): never {
  for (let round = 0; ; round++) keep.push(make(round));
}

const repeat = (count: number, make: (position: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, position) => make(position));
const double = (text: string): string => {
  let grown = text;
  while (grown.length < 2e8) grown += grown;
  grown.codePointAt(5);
  return grown;
};

/** Ways in which a heap can be filled: what V8 does at its end differs from one to the other. */
export const shapes: Readonly<Record<string, () => unknown>> = {
  objects: () => hoard((id) => ({ id, list: [id] })),
  numbers: () => {
    const list: number[] = [];
    for (;;) list.push(list.length + 0.5);
  },
  'small integers': () => {
    const list: number[] = [];
    for (;;) list.push(list.length);
  },
  'arrays of a million numbers': () => hoard(() => Array<number>(1e6).fill(1.5)),
  'arrays of ten million numbers': () => hoard(() => Array<number>(1e7).fill(1.5)),
  'arrays of a hundred million numbers': () => hoard(() => Array<number>(1e8).fill(1.5)),
  'an array spread into itself': () => {
    let list = [1, 2, 3];
    for (;;) list = [...list, ...list];
  },
  'an array concatenated with itself': () => {
    let list: number[] = [1, 2, 3];
    for (;;) list = list.concat(list);
  },
  'Array.from of a length': () => hoard(() => repeat(5e6, (position) => position)),
  'Array.from of a set': () => {
    const set = new Set(repeat(1e6, (position) => position));
    return hoard(() => Array.from(set));
  },
  'large maps': () => hoard(() => new Map(repeat(1e6, (key) => [key, key]) as [number, number][])),
  'a map that grows': () => {
    const map = new Map<number, number>();
    for (let key = 0; key < 1.6e7; key++) map.set(key, key);
    return hoard((id) => ({ id }));
  },
  'small maps': () => hoard(() => new Map([[1, 2]])),
  'sets of strings': () => hoard((round) => new Set(repeat(1e5, (key) => `key ${round} ${key}`))),
  'an object with ever more keys': () => {
    const object: Record<string, number> = {};
    for (let key = 0; ; key++) object[`k${key}`] = key;
  },
  'strings grown piece by piece': () =>
    hoard((round) => {
      let text = `${round}`;
      for (let piece = 0; piece < 1e6; piece++) text += `abc${piece}`;
      return text;
    }),
  'strings doubled': () => hoard((round) => double(`x${round}`)),
  'strings repeated': () => hoard((round) => `x${round}`.repeat(5e7).replaceAll('x1', 'y1')),
  'wide strings joined': () => {
    const part = Array<string>(1e5).fill('Ж'.repeat(250));
    return hoard((round) => part.join(String(round)));
  },
  'a string split': () => {
    const text = 'abcdefgh'.repeat(4e6);
    return hoard(() => text.split(''));
  },
  'matches of a regular expression': () => {
    const text = 'ab '.repeat(1e7);
    return hoard(() => text.match(/[a-z]+/g));
  },
  'a replacement that is longer': () => {
    const text = 'a'.repeat(1e6);
    return hoard(() => text.replaceAll('a', 'b'.repeat(100)));
  },
  'JSON that is parsed': () => {
    const text = `[${'{"a":1,"b":[1,2,3]},'.repeat(3e5)}1]`;
    return hoard(() => JSON.parse(text));
  },
  'JSON of numbers that is parsed': () => {
    const text = `[${'1.5,'.repeat(5e6)}1]`;
    return hoard(() => JSON.parse(text));
  },
  'JSON that is written': () => {
    const value = repeat(2e5, (id) => ({ id, text: `x${id}` }));
    return hoard(() => JSON.stringify(value));
  },
  'structured clones': () => {
    const value = repeat(2e5, (id) => ({ id, text: `x${id}` }));
    return hoard(() => structuredClone(value));
  },
  'big integers': () => hoard((round) => 1n << BigInt(2e7 + round)),
  closures: () => hoard((round) => () => keep[round]),
  'promises that never settle': () => hoard(() => new Promise(() => {})),
  'an async function that never yields': async () => {
    for (;;) keep.push(await Promise.resolve({ list: [1, 2, 3] }));
  },
  'errors with stacks': () => hoard((round) => new Error(`error ${round}`)),
  symbols: () => hoard((round) => Symbol(`symbol ${round}`)),
  'weak references': () => hoard((round) => new WeakRef({ round })),
  'entries of a large object': () => {
    const object = Object.fromEntries(repeat(2e5, (key) => [`k${key}`, key]) as [string, number][]);
    return hoard(() => Object.entries(object));
  },
  'a linked list': () => {
    let list: unknown;
    for (;;) list = { next: list };
  },
  'copies that are sorted': () => {
    const list = repeat(1e6, (position) => -Number(position)) as number[];
    return hoard(() => list.toSorted((a, b) => a - b));
  },
  'a result that is too large': () => repeat(2e7, (id) => ({ id })),
};

/** Fills the heap in the way of its shape; a number is given back. */
export function exhaust(item: string | number): unknown {
  return typeof item === 'number' ? item : shapes[item]?.();
}
