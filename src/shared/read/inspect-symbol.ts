/**
 * Key of the method by which Node prints an object, and Bun and Deno: `inspect.custom` of `node:util`, which takes 2 ms
 * to load.
 */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;
