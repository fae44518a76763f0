import type { TaskReference } from '../definition/definition.ts';

/** A function of a file of the package, called with one value and then with each item. */
export interface Applied {
  readonly target: TaskReference;
  readonly value: unknown;
}

// The symbol is registered, since what captures a task is loaded by itself.
const key = Symbol.for('telar.applied');

/** Makes a task of Telar's own, which names its own parts: wherever it stands, in a bundle or on any host. */
export function applyTask<Item, Result>(
  fn: (value: never, item: Item) => Result,
  target: TaskReference,
  value: unknown,
): (item: Item) => Result {
  const task = (item: Item): Result => fn(value as never, item);
  return Object.defineProperty(task, key, { value: { target, value } satisfies Applied });
}

/** Finds the parts of a task of Telar's own; `undefined` for a function of the user's. */
export function findApplied(task: Function): Applied | undefined {
  return Reflect.get(task, key) as Applied | undefined;
}
