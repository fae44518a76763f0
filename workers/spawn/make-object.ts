/** Calls a class or a factory, with `new` where that is what it is for, and makes sure that an object came of it. */
export async function makeObject(maker: unknown, args: readonly unknown[]): Promise<object> {
  const made: unknown = isConstructor(maker)
    ? Reflect.construct(maker, args)
    : await Reflect.apply(maker as (...parameters: readonly unknown[]) => unknown, undefined, args);
  if (typeof made === 'object' && made !== null) return made;
  const name = (maker as { name?: string }).name;
  throw new TypeError(
    `Expected ${name ? `\`${name}\`` : 'the function'} to return an object to spawn, got ${made === null ? 'null' : typeof made}.`,
  );
}

/** Classes, and functions whose prototype has methods, as classes were written before there was a word for them. */
function isConstructor(maker: unknown): maker is new (...parameters: readonly unknown[]) => unknown {
  if (typeof maker !== 'function') return false;
  if (/^class\b/.test(Function.prototype.toString.call(maker))) return true;
  const prototype: unknown = maker.prototype;
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.hasOwn(prototype, 'constructor') &&
    Object.getOwnPropertyNames(prototype).length > 1
  );
}
