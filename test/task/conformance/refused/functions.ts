import type { Refused } from './refused.ts';

let total = 0;
let cache: Map<number, number> | undefined;
const cached = (value: number): number => {
  cache ??= new Map();
  return cache.get(value) ?? value;
};
let { left, right } = { left: 1, right: 2 };
class Methods {
  base = 1;
  add(value: number): number {
    return this.base + value;
  }
  getArrow(): (value: number) => number {
    return (value) => this.base + value;
  }
  getPrivateArrow(): (other: Methods) => number {
    return (other) => other.#hidden;
  }
  #hidden = 3;
}
class Above extends Methods {
  getSuper(): (value: number) => number {
    return (value) => super.add(value);
  }
}
const parent = { greet: () => 'hello' };
const child = {
  __proto__: parent,
  greet() {
    return super['greet' as never] as unknown;
  },
};
function outer(..._: number[]): () => unknown {
  // oxlint-disable-next-line prefer-rest-params
  return () => arguments.length;
}
function Maker(this: { made: () => unknown }) {
  this.made = () => new.target;
}
const assign = (name: string): string =>
  'Return the value and put it together from the results, or keep it in the worker with perWorker(() => …). ' +
  `If \`${name}\` is a cache of a helper, exporting the helper is enough.`;
const copyThis =
  'it uses `this` of the place where it was written (line LINE). Copy what it needs into a variable first.';

/** Functions that cannot travel for what they do. */
export const refusedFunctions: readonly Refused[] = [
  {
    title: 'assignment to a variable',
    task: (value: number) => (total = value),
    says: `it uses \`total\` (number, line LINE), which it assigns to (line LINE): only the worker's copy would change. ${assign('total')}`,
    path: 'total',
  },
  {
    title: 'counting in a variable',
    task: () => total++,
    says: `it uses \`total\` (number, line LINE), which it assigns to (line LINE): only the worker's copy would change. ${assign('total')}`,
  },
  {
    title: 'assignment by destructuring',
    task: () => {
      [left, right] = [right, left];
    },
    says: `it uses \`left\` (number, line LINE), which it assigns to (line LINE): only the worker's copy would change. ${assign('left')}`,
  },
  {
    title: 'assignment in a for loop',
    task: () => {
      for (total of [1, 2]);
    },
    says: `it uses \`total\` (number, line LINE), which it assigns to (line LINE): only the worker's copy would change. ${assign('total')}`,
  },
  {
    title: 'a lazy cache of a helper',
    task: (value: number) => cached(value),
    says: `it uses \`cached\` (function, line LINE), which uses \`cache\` (undefined, line LINE), which it assigns to (line LINE): only the worker's copy would change. ${assign('cache')}`,
  },
  { title: 'this of a method around it', task: new Methods().getArrow(), says: copyThis, path: '' },
  {
    title: 'this of the module',
    task: () => this,
    says: copyThis,
  },
  {
    title: 'a method as the task',
    task: Methods.prototype.add,
    says: 'it uses `this` (line LINE), and a task is called without one. Pass `(item) => object.method(item)`, which captures the object, or use bind().',
  },
  {
    title: 'super of a method around it',
    task: new Above().getSuper(),
    says: 'it uses `super` of the place where it was written (line LINE). Call the method of the superclass in a function of its own.',
  },
  {
    title: 'super in a method',
    task: child.greet,
    says: 'it uses `super` of the place where it was written (line LINE). Call the method of the superclass in a function of its own.',
  },
  {
    title: 'arguments of a function around it',
    task: outer(1, 2),
    says: 'it uses `arguments` of the place where it was written (line LINE). Use a rest parameter (...parameters) and capture that.',
  },
  {
    title: 'new.target of a function around it',
    task: (Reflect.construct(Maker, []) as { made: () => unknown }).made,
    says: 'it uses `new.target` of the place where it was written (line LINE). Copy it into a variable first.',
  },
  {
    title: 'a private name of a class around it',
    task: new Methods().getPrivateArrow(),
    says: 'it uses the private name `#hidden` of the class around it (line LINE). Copy what it needs into a variable first.',
  },
  {
    title: 'direct eval',
    // oxlint-disable-next-line no-eval
    task: (value: string) => eval(value),
    says: 'it calls `eval`, which could use any variable (line LINE). Write the code out, or use a function of an imported module.',
  },
];
