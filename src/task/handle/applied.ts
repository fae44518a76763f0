import type { TaskReference } from '../definition/definition.ts';

/** A function of a file of the package, called with one value and then with each item. */
export interface Applied {
  readonly target: TaskReference;
  readonly value: unknown;
}

// A registered symbol: what captures a task is loaded by itself.
const key = Symbol.for('telar.applied');

/** Makes a task of Telar's own, which says itself what it consists of: wherever it stands, in a bundle or on any host. */
export function applyTask<Item, Result>(
  fn: (value: never, item: Item) => Result,
  target: TaskReference,
  value: unknown,
): (item: Item) => Result {
  const task = (item: Item): Result => fn(value as never, item);
  return Object.defineProperty(task, key, { value: { target, value } satisfies Applied });
}

/** What a task of Telar's own consists of; `undefined` for a function of the user's. */
export function findApplied(task: Function): Applied | undefined {
  return Reflect.get(task, key) as Applied | undefined;
}
