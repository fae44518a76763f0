/** Tells whether an object has no class of its own: a literal, or one without a prototype. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // The prototype of a value of another realm, such as that of a test runner, is another object, with nothing above it.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
