import { type Case, type Enter, listCases } from './case.ts';

const rate = 3;
const factors = [2, 3, 5];
const settings = { nested: { depth: 4, list: [1, 2] }, name: 'telar' };
const pattern = /(\d+)-(?<word>[a-z]+)/gu;
declare const neverDeclared: unknown;
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
  'a parameter that hides a variable': (rate: number) => rate + 1,
  'a local that hides a variable': (value: number) => {
    const rate = value * 100;
    return rate;
  },
  'a block that hides a variable': (value: number) => {
    const seen = [rate];
    {
      const rate = value;
      seen.push(rate);
    }
    for (const rate of factors) seen.push(rate);
    return seen;
  },
  'a catch parameter that hides a variable': () => {
    try {
      throw new Error('caught');
    } catch (rate) {
      return (rate as Error).message;
    }
  },
  'a function name that hides a variable': () => {
    function rate(): string {
      return 'inner';
    }
    return rate();
  },
  'a class name that hides a variable': () => {
    class settings {
      static label = 'inner';
    }
    return settings.label;
  },
  'var in a block': (value: number) => {
    if (value > 0) {
      var hoistedVariable: number | undefined = value;
    }
    return hoistedVariable!;
  },
  'typeof of a name that is nowhere': () => [typeof neverDeclared, typeof rate, typeof process],
  'labelled loops': (value: number) => {
    let count = 0;
    outer: for (let row = 0; row < value; row += 1) {
      for (let column = 0; column < value; column += 1) {
        if (column > row) continue outer;
        if (row === 4) break outer;
        count += rate;
      }
    }
    return count;
  },
  'a label with the name of a variable': () => {
    rate: for (const factor of factors) if (factor > 2) break rate;
    return rate;
  },
  'a property with the name of a variable': (value: number) => ({ rate: value }).rate,
  'shorthand property': () => ({ rate, factors }),
  switch: (value: number) => {
    switch (value % 3) {
      case 0:
        return 'zero';
      case rate - 2: {
        const local = rate;
        return local;
      }
      default:
        return 'other';
    }
  },
  'do, while and comma': (value: number) => {
    let left = value;
    let steps = 0;
    do steps += 1;
    while (((left -= 1), left > rate));
    return steps;
  },
  'for in and for of': () => {
    const seen: unknown[] = [];
    for (const key in settings.nested) seen.push(key);
    for (const [index, factor] of factors.entries()) seen.push(index * factor);
    return seen;
  },
  'for await': async () => {
    const seen: number[] = [];
    for await (const value of toolbox.eachLater(3)) seen.push(value);
    return seen;
  },
  'try, catch and finally': (value: number) => {
    const seen: unknown[] = [];
    try {
      if (value > rate) throw new RangeError('large');
    } catch (error) {
      seen.push((error as Error).message);
    } finally {
      seen.push(rate);
    }
    return seen;
  },
  'getter and setter in an object literal': (value: number) => {
    let kept = 0;
    const box = {
      get content() {
        return kept + rate;
      },
      set content(next: number) {
        kept = next;
      },
    };
    box.content = value;
    return box.content;
  },
  'this in an inner method': (value: number) =>
    ({
      base: rate,
      sum() {
        return this.base + value;
      },
    }).sum(),
  'arguments of its own': function () {
    // oxlint-disable-next-line prefer-rest-params
    return [...arguments].slice(0, 2);
  },
  'arguments in an inner arrow': function () {
    // oxlint-disable-next-line prefer-rest-params
    return [0].map(() => arguments[0] as number)[0];
  },
  'new.target of its own': () => {
    function Maker(this: object) {
      return { made: new.target === Maker };
    }
    return Reflect.construct(Maker, []) as unknown;
  },
  'numeric separators and bigints': () => [1_000_000, 12n ** 3n, 0xff, 0b101, 0o17],
  'unicode names and strings': () => {
    const größe = '\u{1F600}';
    return [größe, größe.length];
  },
  'a line comment at the end': (value: number) => {
    return value; // the end
  },
  'immediately called functions': (value: number) => ((local) => local + rate)(value),
  'void, delete and in': () => {
    const object: { a?: number; b: number } = { a: 1, b: 2 };
    delete object.a;
    return [void 0, 'a' in object, 'b' in object];
  },
  'a dynamic function': new Function('value', 'return value * 4 + Math.abs(-2)') as (value: number) => number,
  'exponents, shifts and conditions': (value: number) => ((value ** 2) >> 1 > 10 ? value << rate : ~value),
  'a sequence of awaits': async (value: number) => {
    const [left, right] = await Promise.all([asyncArrow(value), asyncArrow(rate)]);
    return left + right;
  },
});
