import { nameDisposal } from './disposal.ts';

/** Key of the registry. The symbol is registered, so that all copies of Telar on a thread find the same registry. */
const KEY = Symbol.for('telar');

/**
 * Returns a value that is one for a whole thread, however many copies of this code run there: a worker's entry is a
 * file of its own, beside the `telar` that a task's module imports; two versions may be installed, and some loaders
 * make a second copy of a module.
 *
 * @remarks The registry is a Map that cannot be enumerated: whatever walks the globals, as test runners do, finds
 * nothing to walk in it. Copies of other versions read the same entries, so the shape of an entry stays as it is.
 */
export function shareOnThread<Value extends object>(name: string, create: () => Value): Value {
  const registry = findRegistry();
  const known = registry.get(name);
  if (known !== undefined) return known as Value;
  const created = create();
  registry.set(name, created);
  return created;
}

/** Lists the values that are one for the whole thread, each with its name: other threads have one of that name each. */
export function listOnThread(): Map<object, string> {
  return new Map([...findRegistry()].map(([name, value]) => [value, name]));
}

function findRegistry(): Map<string, object> {
  const known = Reflect.get(globalThis, KEY) as Map<string, object> | undefined;
  if (known !== undefined) return known;
  const registry = new Map<string, object>();
  Object.defineProperty(globalThis, KEY, { value: registry });
  return registry;
}

/**
 * Lets `instanceof` take what another copy of this class has made for one of its own: a mutex that came to a worker is made
 * there by the worker's entry, and the task's module has the class from its import of Telar.
 */
export function recogniseCopies(own: Function, name: string): void {
  nameDisposal(own.prototype as object, 'dispose');
  const prototypes = shareOnThread<object[]>(`class ${name}`, () => []);
  prototypes.push(own.prototype as object);
  const isOrdinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(own, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      // A class that extends this one inherits this test.
      if (this !== own || isOrdinary.call(own, value)) return isOrdinary.call(this as Function, value);
      return (
        typeof value === 'object' &&
        value !== null &&
        prototypes.some((prototype) => Object.prototype.isPrototypeOf.call(prototype, value))
      );
    },
  });
}
