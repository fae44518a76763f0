import { isConstructor } from '../../src/task/definition/is-constructor.ts';

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
