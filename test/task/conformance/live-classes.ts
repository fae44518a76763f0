import { type Case, type Enter, listCases } from './case.ts';

/** Classes to which something was done after their definition. The types do not know of it. */
type Open = new (...parameters: unknown[]) => Record<string, (...parameters: unknown[]) => unknown>;

const open = (made: unknown): Open => made as Open;

class ReplacedSource {
  size(): string {
    return 'as defined';
  }
}
const Replaced = open(ReplacedSource);
ReplacedSource.prototype.size = function size() {
  return 'as replaced';
};

class MixedSource {
  one(): number {
    return 1;
  }
}
const Mixed = open(MixedSource);
Object.assign(MixedSource.prototype, {
  two(this: MixedSource) {
    return this.one() + 1;
  },
  unit: 'mm',
  [Symbol.toPrimitive]: () => 7,
});

class WithAccessorSource {
  width = 2;
  get height(): number {
    return 5;
  }
  gone(): number {
    return 1;
  }
  static make(): number {
    return 2;
  }
  static limit = 9;
}
const WithAccessor = open(WithAccessorSource);
Object.defineProperty(WithAccessorSource.prototype, 'area', {
  get(this: WithAccessorSource) {
    return this.width ** 2;
  },
});
Object.defineProperty(WithAccessorSource.prototype, 'height', {
  ...Object.getOwnPropertyDescriptor(WithAccessorSource.prototype, 'height'),
  set(this: WithAccessorSource, value: number) {
    this.width = value;
  },
});
Reflect.deleteProperty(WithAccessorSource.prototype, 'gone');
Reflect.deleteProperty(WithAccessorSource, 'make');
Reflect.deleteProperty(WithAccessorSource, 'limit');

class Root {
  name(): string {
    return 'root';
  }
}
class WrappedSource extends Root {
  #secret = 3;
  override name(): string {
    return `wrapped ${super.name()}`;
  }
  secret(): number {
    return this.#secret;
  }
  static who(): string {
    return 'me';
  }
}
const Wrapped = open(WrappedSource);
for (const key of ['name', 'secret'] as const) {
  const before = WrappedSource.prototype[key] as (...parameters: unknown[]) => unknown;
  const wrapped = function (this: WrappedSource, ...parameters: unknown[]) {
    return ['traced', before.apply(this, parameters)];
  };
  Reflect.set(WrappedSource.prototype, key, wrapped);
}
const who = (target: { who: () => unknown }): void => {
  const before = target.who;
  target.who = () => `not ${String(before())}`;
};
who(WrappedSource);
class ChildOfWrapped extends WrappedSource {
  child = 1;
}

class AliasedSource {
  run(): unknown[] {
    return ['run', this instanceof AliasedSource];
  }
}
const Aliased = open(AliasedSource);
Reflect.set(AliasedSource.prototype, 'go', AliasedSource.prototype.run);

const nameOf = (part: string): string => `computed${part}`;
const computedKeys = (() => {
  const key = 'size';
  const other = nameOf('Getter');
  class Box {
    [key](): number {
      return 2;
    }
    get [other](): number {
      return 3;
    }
    static [`${key}Of`](): number {
      return 4;
    }
    static *[Symbol.iterator](): Generator<number> {
      yield 5;
    }
    [nameOf('Later')](): number {
      return 6;
    }
  }
  return open(Box);
})();

const listeners: string[] = [];
class BlockSource {
  static registered = 0;
  static {
    const before = this.prototype.run;
    listeners.push('made');
    this.prototype.run = function run() {
      return ['by the block', ...before.call(this)];
    };
  }
  run(): string[] {
    return ['run'];
  }
}
const Block = open(BlockSource);

const registry = new Map([['double', (value: number) => value * 2]]);
class PluginsSource {
  static readonly plugins = new Map([['half', (value: number) => value / 2]]);
  static parse = (text: string): number => Number(text);
  static format = String;
}
PluginsSource.plugins.set('double', (value) => (registry.get('double')?.(value) ?? 0) + 0);
PluginsSource.parse = (text) => Number.parseInt(text, 16);

class FrozenSource {
  static of(): FrozenSource {
    return new FrozenSource();
  }
  value(): number {
    return 4;
  }
}
Object.freeze(FrozenSource);
Object.freeze(FrozenSource.prototype);

class Above {
  above(): string {
    return 'above';
  }
  static statically(): string {
    return 'statically';
  }
}
class Reparented {}
Object.setPrototypeOf(Reparented.prototype, Above.prototype);
Object.setPrototypeOf(Reparented, Above);

const mix = (Base: new () => object, tag: string): Open => {
  class Mixin extends Base {
    [tag](): string {
      return tag;
    }
  }
  return open(Mixin);
};
const [Left, Right] = [mix(Object, 'left'), mix(Root, 'right')];

const instance = new Mixed();

export const liveClassCases: readonly Case[] = listCases(3, {
  'a method that was replaced': () => new Replaced().size?.(),
  'members that were assigned to a prototype': () => {
    const mixed = new Mixed();
    return [mixed.two?.(), mixed['unit'], Number(mixed), Object.keys(Mixed.prototype as object)];
  },
  'the same of a captured instance': () => [instance.two?.(), instance instanceof Mixed],
  'an accessor that was defined, and a half of one': () => {
    const made = new WithAccessor() as unknown as Record<string, number>;
    made['height'] = 4;
    return [made['area'], made['height']];
  },
  'members that were deleted': () => [
    typeof new WithAccessor().gone,
    Object.getOwnPropertyNames(WithAccessor).toSorted(),
  ],
  'a method wrapped by one that calls it, with super': () => new Wrapped().name?.(),
  'a method wrapped by one that calls it, with a private name': () => new Wrapped().secret?.(),
  'a static method that was wrapped': () => Reflect.get(Wrapped, 'who').call(undefined) as unknown,
  'a method under two names': () => {
    const made = new Aliased();
    return [made.go?.(), made.go === made.run];
  },
  'computed names that nothing else uses': () => {
    const made = new computedKeys();
    const statics = computedKeys as unknown as { sizeOf: () => number } & Iterable<number>;
    const lines = made['computedLater']?.();
    return [made['size']?.(), made['computedGetter'], statics.sizeOf(), [...statics], lines];
  },
  'a static block that changed a method': () => [new Block().run?.(), listeners],
  'static values that are no data': () => [
    PluginsSource.plugins.get('double')?.(4),
    PluginsSource.plugins.get('half')?.(4),
    PluginsSource.parse('ff'),
    PluginsSource.format(1),
  ],
  'a frozen class': () => [
    FrozenSource.of().value(),
    Object.isFrozen(FrozenSource),
    Object.isFrozen(FrozenSource.prototype),
  ],
  'a class that was given another parent': () => [
    (new Reparented() as Above).above(),
    (Reparented as typeof Above).statically(),
  ],
  'two classes of one text, with other names': () => [
    new Left().left?.(),
    new Right().right?.(),
    new Right().name?.(),
    typeof new Left().right,
  ],
  'a child of a changed class': () => [new ChildOfWrapped().name(), new ChildOfWrapped().child],
});

export const enter: Enter = (visit) => visit();
