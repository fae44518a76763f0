import { type Case, type Enter, listCases } from './case.ts';

const rate = 3;
const factors = [2, 3, 5];
const settings = { nested: { depth: 4, list: [1, 2] }, name: 'telar' };
declare const neverDeclared: unknown;
export const enter: Enter = (visit) => visit();
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
const asyncArrow = async (value: number): Promise<number> => (await Promise.resolve(value)) * rate;

export const statementCases: readonly Case[] = listCases(7, {
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
