import { WithSecret } from '../../fixtures/secret.ts';
import type { Refused } from './refused.ts';

const settings = { depth: 1 };
const promise = Promise.resolve(1);
const weakRef = new WeakRef(settings);
const unregistered = Symbol('mine');
const keyedByUnregistered = { [unregistered]: 1, run: () => 1 };
const running = (function* () {
  yield 1;
})();
/** As regenerator makes it, with which compilers write generators for old targets. */
const compiledRunning = Object.defineProperty(
  Object.create({ next: () => 1, throw: () => 1, return: () => 1 }) as object,
  '_invoke',
  { value: () => 1 },
);
/** As tslib makes it: all methods are its own, and its state is in variables of theirs. */
const helperRunning = {
  next: () => 1,
  throw: () => 1,
  return: () => 1,
  [Symbol.iterator]: () => helperRunning,
};
const laterRunning = (async function* () {
  yield 1;
})();
const iterator = new Map([[1, 2]]).entries();
const arrayIterator = [1, 2].values();
const proxy = new Proxy({ a: 1 }, {});
const functionProxy = new Proxy((value: number) => value, {});
const hidesProxy = { list: [proxy] };
const argumentsObject = (function (..._: number[]) {
  // oxlint-disable-next-line prefer-rest-params
  return arguments;
})(1, 2);
const { compare: compareText } = new Intl.Collator();
const format = new Intl.NumberFormat('en');
const segmenter = new Intl.Segmenter('en');
class Secret {
  #value = 1;
  read(): number {
    return this.#value;
  }
}
class SecretChild extends Secret {}
const secret = new Secret();
const secretChild = new SecretChild();
const unnamedSecret = new (class {
  #value = 1;

  get value(): number {
    return this.#value;
  }
})();
const importedSecret = new WithSecret();
const make = 'Make it in the worker with perWorker(() => …).';
const inArray = 'Turn it into an array first.';
function createResolver(): () => unknown {
  let own: () => unknown = () => undefined;
  void new Promise((resolve) => {
    own = resolve as () => unknown;
  });
  return own;
}

/** Closures over values that are none of a thread alone. */
export const refusedValues: readonly Refused[] = [
  {
    title: 'a promise',
    task: () => promise,
    says: 'it uses `promise` (Promise, line LINE), which is a promise. Await it first, and capture what it gives.',
    path: 'promise',
  },
  {
    title: 'a WeakRef',
    task: () => weakRef,
    says: 'it uses `weakRef` (WeakRef, line LINE), which is a WeakRef. Capture the object that it refers to.',
  },
  {
    title: 'a symbol that is not registered',
    task: () => unregistered,
    says: 'it uses `unregistered` (symbol, line LINE), which is a symbol that only this thread knows. Use Symbol.for("mine"), which is the same on every thread.',
  },
  {
    title: 'a key that is such a symbol',
    task: () => keyedByUnregistered,
    says: 'it uses `keyedByUnregistered` (Object, line LINE), which holds a symbol that only this thread knows (`keyedByUnregistered[Symbol(mine)]`). Use Symbol.for("mine"), which is the same on every thread.',
  },
  {
    title: 'a generator that runs',
    task: () => running,
    says: 'it uses `running` (Object, line LINE), which is a generator that already runs. Call the generator function in the task, or turn it into an array first.',
  },
  {
    title: 'a compiled generator that runs',
    task: () => compiledRunning,
    says: 'it uses `compiledRunning` (Object, line LINE), which is a generator that already runs. Call the generator function in the task, or turn it into an array first.',
  },
  {
    title: "a generator of TypeScript's helper that runs",
    task: () => helperRunning,
    says: 'it uses `helperRunning` (Object, line LINE), which is a generator that already runs. Call the generator function in the task, or turn it into an array first.',
  },
  {
    title: 'an async generator that runs',
    task: () => laterRunning,
    says: 'it uses `laterRunning` (Object, line LINE), which is a generator that already runs. Call the generator function in the task, or turn it into an array first.',
  },
  {
    title: 'an iterator of a map',
    task: () => iterator,
    says: `it uses \`iterator\` (Object, line LINE), which is an iterator in use. ${inArray}`,
  },
  {
    title: 'an iterator of an array',
    task: () => arrayIterator,
    says: `it uses \`arrayIterator\` (Object, line LINE), which is an iterator in use. ${inArray}`,
  },
  {
    title: 'an arguments object',
    task: () => argumentsObject,
    says: 'it uses `argumentsObject` (Object, line LINE), which is an arguments object. Use a rest parameter (...parameters).',
  },
  {
    title: 'a bound function of Intl',
    task: () => compareText('a', 'b'),
    says: 'it uses `compareText` (function, line LINE), which is a native function that no module exports. Wrap it in a function of your own that gets it in the worker.',
  },
  {
    title: 'a proxy',
    task: () => proxy,
    says: 'it uses `proxy` (Proxy, line LINE), which is a proxy. Pass the object behind it.',
  },
  {
    title: 'a proxy of a function',
    task: (value: number) => functionProxy(value),
    says: 'it uses `functionProxy` (function, line LINE), which is a proxy. Pass the object behind it.',
  },
  {
    title: 'a proxy in an array',
    task: () => hidesProxy,
    says: 'it uses `hidesProxy` (Object, line LINE), which holds a proxy (`hidesProxy.list[0]`). Pass the object behind it.',
  },
  {
    title: 'a number format',
    task: () => format,
    says: `it uses \`format\` (NumberFormat, line LINE), which is a native object (NumberFormat). ${make}`,
  },
  {
    title: 'a segmenter',
    task: () => segmenter,
    says: `it uses \`segmenter\` (Segmenter, line LINE), which is a native object (Segmenter). ${make}`,
  },
  {
    title: 'an instance with private members',
    task: () => secret,
    says: 'it uses `secret` (Secret, line LINE), which is an instance of `Secret`, which has private members. Pass its data and make it in the task, or make it in the worker with perWorker(() => new Secret(…)).',
  },
  {
    title: 'an instance with inherited private members',
    task: () => secretChild,
    says: 'it uses `secretChild` (SecretChild, line LINE), which is an instance of `Secret`, which has private members. Pass its data and make it in the task, or make it in the worker with perWorker(() => new Secret(…)).',
  },
  {
    title: 'an instance of a class without a name with private members',
    task: () => unnamedSecret.value,
    says: 'it uses `unnamedSecret` (Object, line LINE), which is an instance of a class without a name, which has private members. Pass its data and make it in the task, or make it in the worker with perWorker(() => new TheClass(…)).',
  },
  {
    title: 'an instance of an imported class with private members',
    task: () => importedSecret,
    says: 'it uses `importedSecret` (WithSecret, line LINE), which is an instance of `WithSecret`, which has private members. Pass its data and make it in the task, or make it in the worker with perWorker(() => new WithSecret(…)).',
  },
  {
    title: 'a native function of no module',
    task: createResolver(),
    says: 'it is a native function that no module exports. Wrap it in a function of your own that gets it in the worker.',
  },
];
