import { type Case, type Enter, listCases } from './case.ts';

const rate = 3;
const factors = [2, 3, 5];
const settings = { nested: { depth: 4, list: [1, 2] }, name: 'telar' };
const pattern = /(\d+)-(?<word>[a-z]+)/gu;
export const enter: Enter = (visit) => visit();
function isEven(value: number): boolean {
  return value === 0 ? true : isOdd(value - 1);
}
function isOdd(value: number): boolean {
  return value === 0 ? false : isEven(value - 1);
}
const fibonacci = function self(value: number): number {
  return value < 2 ? value : self(value - 1) + self(value - 2);
};
const add = (left: number) => (right: number) => left + right;
const compose =
  (...steps: ((value: number) => number)[]) =>
  (value: number) =>
    steps.reduce((result, step) => step(result), value);
const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const toolbox = {
  scale(value: number) {
    return value * rate;
  },
  async later(value: number) {
    await delay(1);
    return value * rate;
  },
  *each(value: number) {
    for (let index = 0; index < value; index += 1) yield index * rate;
  },
  async *eachLater(value: number) {
    for (let index = 0; index < value; index += 1) {
      await delay(0);
      yield index * rate;
    }
  },
  ['computed' + 'Name'](value: number) {
    return value + rate;
  },
  'quoted name': (value: number) => value - rate,
  get half() {
    return rate / 2;
  },
  [Symbol.iterator]: function* (this: unknown) {
    yield rate;
  },
} as const;
const bound = function (this: { base: number }, extra: number, value: number) {
  return this.base + extra + value;
}.bind({ base: 100 }, 10);
const loopClosures: ((value: number) => number)[] = [];
for (let index = 0; index < 3; index += 1) loopClosures.push((value) => value * 10 + index);
const ofClosures = factors.map((factor) => (value: number) => value * factor);
let changing = 'before';
const readChanging = (): string => changing;
changing = 'after';
function withDefaults(
  { a = rate, b: [first = 1, ...rest] = [4, 5, 6] } = {} as { a?: number; b?: number[] },
  c = a * 2,
) {
  return [a, first, rest, c];
}
function hoisted(value: number): number {
  return inner(value);
  function inner(own: number): number {
    return own + rate;
  }
}
const curried = add(20);
const composed = compose(add(1), (value) => value * rate, curried);
const asyncArrow = async (value: number): Promise<number> => (await Promise.resolve(value)) * rate;

export const syntaxCases: readonly Case[] = listCases(7, {
  'arrow with expression': (value: number) => value * 2,
  'arrow with block': (value: number) => {
    return value * rate;
  },
  'arrow without parameters': () => rate,
  'arrow that gives an object': (value: number) => ({ value, rate }),
  'function expression': function (value: number) {
    return value + rate;
  },
  'named function expression': function named(value: number) {
    return [named.name, value + rate];
  },
  'recursive function expression': (value: number) => fibonacci(value),
  'function declaration': hoisted,
  'async arrow': async (value: number) => (await Promise.resolve(value)) + rate,
  'async function': async function (value: number) {
    await delay(1);
    return value + rate;
  },
  'captured async arrow': (value: number) => asyncArrow(value),
  'generator function': function* (value: number) {
    yield value;
    yield* [rate, ...factors];
  },
  'async generator': async function* (value: number) {
    yield value;
    await delay(1);
    yield rate;
  },
  'shorthand method': toolbox.scale,
  'async method': toolbox.later,
  'generator method': toolbox.each,
  'async generator method': toolbox.eachLater,
  'method with a computed name': toolbox['computedName'] as () => unknown,
  'method with a quoted name': toolbox['quoted name'],
  'getter as a function': Object.getOwnPropertyDescriptor(toolbox, 'half')?.get as () => number,
  'method with a symbol for a name': toolbox[Symbol.iterator] as () => unknown,
  'bound function': bound,
  'bound function, captured': (value: number) => bound(value + 1),
  'bound native function': Math.max.bind(undefined, 3, 5),
  'direct recursion': function count(value: number): number {
    return value === 0 ? 0 : 1 + count(value - 1);
  },
  'mutual recursion': (value: number) => [isEven(value), isOdd(value)],
  'default parameters': (value: number) =>
    ((own: number, index = rate, label = `item ${own}`) => [index, label])(value),
  'default parameters that use others': () => [withDefaults(), withDefaults({ a: 1, b: [9, 8] })],
  destructuring: () => {
    const { nested: { depth, missing = rate } = { depth: 0 }, ...others } = settings as typeof settings & {
      nested: { missing?: number };
    };
    return [depth, missing, others.name];
  },
  'array destructuring with holes': () => {
    const [, second, ...rest] = factors;
    return [second, rest];
  },
  'swap by destructuring': (value: number) => {
    let [left, right] = [value, rate];
    [left, right] = [right, left];
    return [left, right];
  },
  'rest and spread': (...[value]: number[]) => [value, Math.max(...factors), { ...settings }],
  'template literals': (value: number) => `a${value}b${`${rate}`}c\${}`,
  'tagged templates': (value: number) => String.raw`\n${value}${rate}`,
  'optional chaining': () => {
    const absent = settings as { missing?: { deep: { er: number } }; call?: () => void };
    return [absent.missing?.deep.er, absent.call?.(), settings?.nested?.depth];
  },
  'nullish assignment to a local': (value: number | null) => {
    let local: number | null = null;
    local ??= value;
    local &&= rate;
    return local;
  },
  'regular expression literal': (value: number) =>
    `${value}-ab 8-cd`.replace(/(\d)-(?<name>\w+)/g, '$<name>$1'),
  'captured regular expression': () =>
    [...'12-ab 3-c'.matchAll(pattern)].map(({ groups }) => groups?.['word']),
  'regular expression that looks like a comment': () => '/* no */ // no'.split(/\/\*|\*\/|\/\//).length,
  'nested closures': (value: number) => [1, 2].map((one) => factors.map((two) => one * two * value + rate)),
  'a function that gives a function': (value: number) => add(value)(rate),
  'a function made by a function': (value: number) => curried(value),
  'composed functions': (value: number) => composed(value),
  'closures made in a loop': (value: number) => loopClosures.map((closure) => closure(value)),
  'closures made by map': (value: number) => ofClosures.map((closure) => closure(value)),
  'one closure of a loop': loopClosures[2] as () => unknown,
  'a variable that changed since': () => [changing, readChanging()],
});
