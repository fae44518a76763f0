import { type Case, type Enter, listCases } from './case.ts';

const reads: string[] = [];
const counted = {
  get value(): number {
    reads.push('value');
    return 7;
  },
  other: 1,
};
const lazy = {
  get connection(): never {
    throw new Error('not connected');
  },
  port: 5,
};
class Tagged {
  readonly #tag = 'hidden';
  get [Symbol.toStringTag](): string {
    return this.#tag;
  }
  static readonly kind = 1;
}
const tagged = Object.create({
  get [Symbol.toStringTag](): string {
    return (this as unknown as { inner: { tag: string } }).inner.tag;
  },
}) as object;

const 𝓐 = 2;
const 𝛼 = (value: number): number => value * 𝓐;

const key = { id: 1 };
const plainKey = { id: 2 };
class Keeper {
  readonly id = 3;
  keep(): this {
    kept.add(this);
    totals.set(this, { others: [key], next: keeper });
    return this;
  }
  total(): unknown {
    return totals.get(this)?.others;
  }
}
const totals = new WeakMap<object, { others: object[]; next?: Keeper | undefined }>([
  [key, { others: [] }],
  [plainKey, { others: [] }],
  [{ gone: true }, { others: [] }],
]);
const kept = new WeakSet<object>();
const keeper: Keeper = new Keeper();
keeper.keep();
class CountingMap extends WeakMap<object, number> {
  override set(at: object, value: number): this {
    return super.set(at, value + 1);
  }
}
const counting = new CountingMap([[key, 1]]);

// Compilers write helpers that take their own places.
function kindOf(value: unknown): string {
  // @ts-expect-error TypeScript knows no such functions.
  kindOf = (other: unknown) => `kind ${typeof other}`;
  return kindOf(value);
}
let merge = (...parts: object[]): object => {
  merge = Object.assign as typeof merge;
  return merge({}, ...parts);
};
let text: readonly string[] | undefined;
const list = (parts: readonly string[]): readonly string[] => Object.freeze([...parts]);
const useText = (value: string): string => [...(text || (text = list(['a', 'b']))), value].join();
function first(): string {
  return 'first';
}
const saved = first;
// @ts-expect-error A declaration may be replaced as a whole.
first = () => 'second';
const both = (): string[] => [saved(), first()];

// What compilers run generators with inherits from objects that have no names.
const ofIterators = Object.getPrototypeOf(Object.getPrototypeOf([].values()) as object) as object;
const countdown = Object.assign(Object.create(ofIterators) as Iterable<number>, {
  left: 3,
  next(this: { left: number }) {
    return { done: this.left <= 0, value: this.left-- };
  },
});

export const stateCases: readonly Case[] = listCases(3, {
  'an object that inherits from what iterators do': () => [...countdown],
  'a getter beside what is read': () => [counted.other, reads.length],
  'a getter that throws, and that nobody reads': () => lazy.port,
  'a getter of a tag': () => [Tagged.kind, Object.keys(tagged)],
  'names beyond the first plane': (value: number) => 𝛼(value) + 𝓐,
  'a weak map, with what travels': () => [
    totals.has(key),
    totals.get(plainKey),
    totals.has({ gone: true }),
    totals.get(keeper)?.next === keeper,
  ],
  'a weak set, and instances that stand in it': () => [
    kept.has(keeper),
    kept.has(key),
    keeper.total(),
    new Keeper().keep().total(),
  ],
  'a subclass of a weak map': () => [counting.get(key), counting instanceof CountingMap],
  'a function that takes its own place': (value: unknown) => [kindOf(value), kindOf('')],
  'a constant function that takes its own place': () => merge({ a: 1 }, { b: 2 }),
  "a cache of a template's text": () => [useText('c'), useText('d')],
  'a function that was replaced, and what took its place': () => both(),
});

export const enter: Enter = (visit) => visit();
