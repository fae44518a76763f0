// These functions are taken now, since tasks may replace them.
const { defineProperty, deleteProperty, setPrototypeOf } = Reflect;

/** A property as tasks have left it; without a descriptor it is one that they have removed. */
export interface Change {
  readonly holder: object;
  readonly key: PropertyKey;
  readonly descriptor: PropertyDescriptor | undefined;
  /** Property as it was before. */
  readonly before: PropertyDescriptor | undefined;
  /** Whether Telar relies on the property between the calls of one item. */
  readonly isUsedInside: boolean;
}

/** Makes a property what a descriptor says, or removes it. False where that cannot be. */
export function put(holder: object, key: PropertyKey, descriptor: PropertyDescriptor | undefined): boolean {
  return descriptor === undefined ? deleteProperty(holder, key) : defineProperty(holder, key, descriptor);
}

/** Returns whether two descriptors, if they are any, give the same. */
export function isSame(left: PropertyDescriptor | undefined, right: PropertyDescriptor | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.value === right.value && left.get === right.get;
}

/** Properties that the language asks any object for by itself. */
const ASKED_FOR = Object.create(null) as Record<string, true>;
for (const name of 'then get set value writable enumerable configurable toJSON next done'.split(' '))
  ASKED_FOR[name] = true;

/** Returns whether a property of all objects would change what the language does. */
export function isAskedFor(key: PropertyKey): boolean {
  return typeof key === 'string' && (key in ASKED_FOR || +key >= 0);
}

/** Appends to a list, whose next index would be set by what a task may have put on the prototype. */
export function append(changes: Change[], value: Change): void {
  const bare = { value, writable: true, enumerable: true, configurable: true };
  setPrototypeOf(bare, null);
  defineProperty(changes, changes.length, bare);
}
