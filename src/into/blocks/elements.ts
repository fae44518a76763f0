import { isSharedArrayBuffer } from 'node:util/types';
import { describeValue } from '../../errors/describe.ts';
import type { TypedArray } from '../../wire/pack/pack.ts';

/** Array that holds elements in memory that threads can share. */
export type Elements = TypedArray;

/** Type of an array's elements: a number, or a bigint where the array holds bigints. */
export type ElementOf<A> = A extends BigInt64Array | BigUint64Array
  ? bigint
  : A extends readonly (infer E)[]
    ? E
    : number;

interface ElementsConstructor {
  new (memory: SharedArrayBuffer): Elements;
  readonly BYTES_PER_ELEMENT: number;
}

export function isElements(value: unknown): value is Elements {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Creates an array of the same kind and length over memory that threads share, zeroed. */
export function createShared(like: Elements): Elements {
  // The tag tells the kind, also of a Buffer or another subclass.
  const kind = Reflect.get(globalThis, like[Symbol.toStringTag]) as ElementsConstructor;
  return new kind(new SharedArrayBuffer(like.length * kind.BYTES_PER_ELEMENT));
}

/** Returns the elements where all threads see them: the source itself when it is shared already, otherwise one copy. */
export function toShared(source: Elements | readonly (number | bigint)[]): Elements {
  if (!isElements(source)) return copyArray(source);
  return isSharedArrayBuffer(source.buffer) ? source : copyShared(source);
}

/** Copies elements into memory of their own that threads share. */
export function copyShared(source: Elements): Elements {
  const copy = createShared(source);
  copyElements(copy, source);
  return copy;
}

/** Copies elements from one array to another: both hold numbers, or both hold bigints. */
export function copyElements(target: Elements, source: Elements): void {
  (target as Float64Array).set(source as Float64Array);
}

export function assertSource(source: unknown): void {
  if (isElements(source) || Array.isArray(source)) return;
  throw new TypeError(
    `Expected the source to be a typed array or an array of numbers, got ${describeValue(source)}.`,
  );
}

function copyArray(source: readonly (number | bigint)[]): Elements {
  const expected = typeof source[0] === 'bigint' ? 'bigint' : 'number';
  const memory = new SharedArrayBuffer(source.length * 8);
  const copy = expected === 'bigint' ? new BigInt64Array(memory) : new Float64Array(memory);
  for (let index = 0; index < source.length; index++) {
    const value = source[index];
    if (typeof value !== expected) {
      throw new TypeError(
        `Expected the source to hold ${expected}s only, got ${describeValue(value)} at ${index}. ` +
          'parallelMap takes any items.',
      );
    }
    copy[index] = value as number & bigint;
  }
  return copy;
}
