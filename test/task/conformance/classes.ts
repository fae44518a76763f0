import { EventEmitter } from 'node:events';
import { type Case, type Enter, listCases } from './case.ts';
import { Base, Counter, Point } from '../fixtures/classes.ts';

const start = 10;

class Plain {
  value = start;
  read(): number {
    return this.value;
  }
}
class Child extends Plain {
  override read(): number {
    return super.read() + 1;
  }
}
class Imported extends Base {
  own = this.describe();
}
class WithStatics {
  static count = 4;
  static list = [1, 2];
  static #secret = 5;
  static make(): WithStatics {
    return new this();
  }
  static get secret(): number {
    return WithStatics.#secret;
  }
  static {
    this.count += start;
  }
}
const named = (made: { label?: string }, label: string): void => void (made.label = label);
const labelKey = 'labelled';
/** As compilers write it that keep names: the static block and the computed key alone use variables from outside. */
class Labelled {
  static label?: string;
  static {
    named(this, 'Labelled');
  }
  [labelKey](): string | undefined {
    return Labelled.label;
  }
}
/** Bundlers make variables of constants. */
// oxlint-disable-next-line no-var
var written = 'field';
class WithKeyedField {
  static [written] = 3;
}
class WithPrivates {
  #value = start;
  get value(): number {
    return this.#value;
  }
  set value(next: number) {
    this.#value = next;
  }
  #double(): number {
    return this.#value * 2;
  }
  double(): number {
    return this.#double();
  }
  static is(value: object): boolean {
    return #value in value;
  }
}
class Temperature {
  readonly degrees: number;
  constructor(degrees: number) {
    this.degrees = degrees;
  }
  [Symbol.toPrimitive](): number {
    return this.degrees;
  }
  static ['absolute' + 'Zero'](): number {
    return -273;
  }
}
interface Mixin {
  mixed: number;
  value: number;
}
const mixin = (Above: new () => object): new () => Mixin => {
  class Between extends Above {
    mixed = start;
  }
  return Between as new () => Mixin;
};
class Mixed extends mixin(Plain) {}
class Stack<Item> extends Array<Item> {
  get top(): Item | undefined {
    return this.at(-1);
  }
}
class Registry extends Map<string, number> {
  total(): number {
    return [...this.values()].reduce((sum, value) => sum + value, 0);
  }
}
class OwnError extends Error {
  override name = 'OwnError';
  code = 7;
}
class Emitter extends EventEmitter {
  twice(): number {
    let heard = 0;
    this.on('sound', () => (heard += 1));
    this.emit('sound');
    this.emit('sound');
    return heard;
  }
}
class First {
  makeSecond(): object {
    return new Second();
  }
}
class Second extends First {
  tag = 'second';
}
interface Old {
  value: number;
  twice(): number;
}
const OldStyle = function (this: Old, value: number) {
  this.value = value;
} as unknown as { new (value: number): Old; prototype: Old };
OldStyle.prototype.twice = function () {
  return this.value * 2;
};
const Anonymous = class {
  label = 'anonymous';
};
const Named = class Inner {
  itself(): boolean {
    return new Inner() instanceof Inner;
  }
};
const instance = new Child();
const point = new Point(1, 2);
const segment = { from: point, to: new Point(3, 4), first: point };
const counter = new Counter();
counter.add(5);
const stack = Stack.from([1, 2, 3]) as Stack<number>;
const registry = new Registry([['a', 1]]);
registry.set('b', 2);
const ownError = new OwnError('own');
const old = new OldStyle(21);
const temperature = new Temperature(20);
const nested = new Map([[instance, { temperature }]]);
const frozenPoint = Object.freeze(new Point(5, 6));

export const classCases: readonly Case[] = listCases(2, {
  'a class': (value: number) => new Plain().read() + value,
  'a subclass': () => new Child().read(),
  'a subclass of an imported class': () => new Imported().own,
  'a subclass of a mixin': () => {
    const mixed = new Mixed();
    return [mixed.mixed, mixed.value, mixed instanceof Plain];
  },
  'statics and a static block': () => [
    WithStatics.count,
    WithStatics.list,
    WithStatics.secret,
    WithStatics.make() instanceof WithStatics,
  ],
  'a key of a field that is written out in a variable': () => Reflect.get(WithKeyedField, 'field'),
  'private members of the class itself': () => {
    const made = new WithPrivates();
    made.value += 1;
    return [made.value, made.double(), WithPrivates.is(made), WithPrivates.is({})];
  },
  'computed and symbol members': () => [
    +temperature,
    (Reflect.get(Temperature, 'absoluteZero') as () => number)(),
  ],
  'a class made in the closure': (value: number) =>
    new (class {
      sum = value + start;
    })().sum,
  'a class made in the closure, with super': () => {
    class Local extends Plain {
      override read(): number {
        return super.read() * 2;
      }
    }
    return new Local().read();
  },
  'an anonymous class': () => [new Anonymous().label, Anonymous.name],
  'a class with an inner name': () => [new Named().itself(), Named.name],
  'classes that need each other': () => {
    const second = new First().makeSecond() as Second;
    return [second.tag, second instanceof First];
  },
  'a constructor function': () => [new OldStyle(4).twice(), old.twice(), old instanceof OldStyle],
  'a subclass of a class of Node': () => new Emitter().twice(),
  'a subclass of Array': () => [stack.top, stack.length, stack instanceof Stack, Array.isArray(stack)],
  'a subclass of Map': () => [registry.total(), registry instanceof Registry],
  'a subclass of Error': () => [ownError instanceof OwnError, ownError.code, ownError.name, ownError.message],
  'an error made in the closure': () => {
    try {
      throw new OwnError('thrown');
    } catch (error) {
      return [error instanceof OwnError, (error as OwnError).code];
    }
  },
  'an instance': () => [instance.read(), instance instanceof Child, instance.constructor === Child],
  'an instance of an imported class': () => [point.length(), point instanceof Point],
  'one instance behind two names': () => [
    segment.first === segment.from,
    segment.to.length(),
    segment.from === point,
  ],
  'an instance that was changed': () => [counter.total, counter.add(1)],
  'instances as keys and values': () =>
    [...nested].map(([key, value]) => [key === instance, +value.temperature]),
  'a frozen instance': () => [Object.isFrozen(frozenPoint), frozenPoint.length()],
  'a class as a value': (value: number) => [Plain, Child].map((One) => new One().read() + value),
  'a class whose static block alone uses a variable': () => [Labelled.label, new Labelled().labelled()],
  'a static method as the task': WithStatics.make.bind(WithStatics) as () => unknown,
  'instanceof with a captured class': () => [new Child() instanceof Plain, {} instanceof Plain],
});

export const enter: Enter = (visit) => visit();
