import { type Case, type Enter, listCases } from './case.ts';

interface Named {
  name: string;
}
type Maker = new (name: string) => Record<string, () => unknown> & Named;

/** Sets up inheritance as compilers do for ES5, of `class … extends`. */
function extend(derived: object, base: { prototype: object }): void {
  Object.setPrototypeOf(derived, base);
  Reflect.set(
    derived,
    'prototype',
    Object.create(base.prototype, { constructor: { value: derived, writable: true, configurable: true } }),
  );
}

function AnimalSource(this: Named, name: string): void {
  this.name = name;
}
AnimalSource.make = function (this: Maker, name: string) {
  return new this(name);
};
AnimalSource.kinds = 3;
AnimalSource.prototype.hello = function (this: Named) {
  return `I am ${this.name}`;
};
function DogSource(this: Named, name: string): void {
  AnimalSource.call(this, `dog ${name}`);
}
extend(DogSource, AnimalSource);
DogSource.prototype.bark = function (this: Named) {
  return `${this.name}!`;
};
function PuppySource(this: Named, name: string): void {
  DogSource.call(this, `small ${name}`);
}
extend(PuppySource, DogSource);
const [Animal, Dog, Puppy] = [AnimalSource, DogSource, PuppySource] as unknown as [Maker, Maker, Maker];
const puppy = new Puppy('a');

/** As `util.inherits` was used before: without a constructor of its own. */
function BareSource(this: Named): void {
  this.name = 'bare';
}
Reflect.set(BareSource, 'prototype', Object.create(AnimalSource.prototype));
const Bare = BareSource as unknown as Maker;
const bare = new Bare('');

function LiteralSource(this: Named): void {
  this.name = 'literal';
}
LiteralSource.prototype = {
  own(this: Named) {
    return this.name;
  },
};
const Literal = LiteralSource as unknown as Maker;

class Modern extends Dog {
  modern(): unknown {
    return [this.hello?.(), this.bark?.()];
  }
}

const shouter = Object.setPrototypeOf((text: string) => text, {
  loud: (text: string) => text.toUpperCase(),
}) as ((text: string) => string) & { loud: (text: string) => string };
const styles = Object.setPrototypeOf(
  () => undefined,
  Object.defineProperty(Object.create(Function.prototype) as object, 'red', {
    get: () => (text: string) => `<red>${text}`,
  }),
) as unknown as { red: (text: string) => string };
const orphan = Object.setPrototypeOf((value: number) => value + 1, null) as (value: number) => number;
const frozen = Object.freeze(Object.assign((value: number) => value, { unit: 'mm' }));

/** As a class is compiled that a decorator makes anew: what begins the new one was set by the block before. */
let begin: (() => void) | undefined;
let Grown: (new () => { run(): number; extra?(): number }) | undefined;
class GrownSource {
  static {
    const Source = this;
    const begun: unknown[] = [];
    Grown = class extends Source {
      extra(): number {
        return this.run() * 2;
      }
    };
    begin = () => void begun.push(Grown);
  }
  run(): number {
    return 21;
  }
  static {
    begin?.();
  }
}

export const constructorCases: readonly Case[] = listCases('x', {
  'a class that its own static block made anew': () => {
    const Made = Grown as NonNullable<typeof Grown>;
    return [new Made().extra?.(), new Made() instanceof GrownSource];
  },
  'inherited statics of an ES5 class': (name: string) => [
    (Puppy as unknown as { make: (name: string) => Named }).make(name).name,
    (Dog as unknown as { kinds: number }).kinds,
  ],
  'instances of an ES5 hierarchy': (name: string) => {
    const made = new Puppy(name);
    return [made.hello?.(), made.bark?.(), made instanceof Animal, made.constructor === Puppy];
  },
  'a captured instance of it': () => [puppy.hello?.(), puppy instanceof Dog, puppy instanceof Puppy],
  'a prototype without a constructor': () => [
    new Bare('').hello?.(),
    bare instanceof Bare,
    bare.constructor === Animal,
    Object.getPrototypeOf(bare) === Bare.prototype,
  ],
  'a prototype that is a literal': () => [new Literal('').own?.(), new Literal('').constructor === Object],
  'a class that extends an ES5 class': (name: string) => new Modern(name).modern(),
  'a function with methods on its prototype': (text: string) => shouter.loud(shouter(text)),
  'a function whose prototype has getters': (text: string) => styles.red(text),
  'a function without a prototype': () => orphan(1),
  'a frozen function': () => [Object.isFrozen(frozen), frozen.unit],
});

export const enter: Enter = (visit) => visit();
