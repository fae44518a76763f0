import type { Channel } from '../shared/channel/channel.ts';
import type { SharedMap } from '../shared/read/shared-map.ts';
import type { SharedSet } from '../shared/read/shared-set.ts';
import type { SharedText } from '../shared/read/shared-text.ts';
import type { AtomicCounter } from '../shared/sync/atomic-counter.ts';
import type { Mutex } from '../shared/sync/mutex.ts';
import type { Semaphore } from '../shared/sync/semaphore.ts';

/**
 * An object as it arrives from another thread: its data, without the methods of its class. Where a value is needed with
 * its methods, make it again of the data: `rows.map(Point.from)`.
 */
export type Cloned<T> = {
  [K in keyof T as IsFunction<T[K]> extends true ? never : K]: ClonedPart<T[K]>;
};

/** Type in the place of a function, which no thread can have from another. */
export interface Uncloneable {
  readonly [uncloneable]: 'Functions do not travel from a worker: return what they give.';
}

declare const uncloneable: unique symbol;

/** A value as it arrives from another thread: its own type, unless there are functions in it. */
export type ClonedValue<T> = 0 extends 1 & T
  ? T
  : T extends Primitive | Whole
    ? T
    : [ClonedPart<T>] extends [T]
      ? T
      : ClonedPart<T>;

type ClonedPart<T, Depth extends unknown[] = []> = 0 extends 1 & T
  ? T
  : unknown extends T
    ? T
    : T extends Primitive | Whole
      ? T
      : T extends AnyFunction
        ? Uncloneable
        : T extends readonly unknown[]
          ? ClonedList<T, Depth>
          : T extends ReadonlyMap<infer Key, infer Value>
            ? T extends Map<unknown, unknown>
              ? Map<ClonedPart<Key>, ClonedPart<Value>>
              : ReadonlyMap<ClonedPart<Key>, ClonedPart<Value>>
            : T extends ReadonlySet<infer Value>
              ? T extends Set<unknown>
                ? Set<ClonedPart<Value>>
                : ReadonlySet<ClonedPart<Value>>
              : Cloned<T>;

/** A list as it arrives. A tuple may hold itself, and all its elements are looked at at once: to a depth of 3. */
type ClonedList<T extends readonly unknown[], Depth extends unknown[]> = T[number][] extends T
  ? T extends unknown[]
    ? ClonedPart<T[number]>[]
    : readonly ClonedPart<T[number]>[]
  : Depth['length'] extends 3
    ? T
    : { [K in keyof T]: ClonedPart<T[K], [...Depth, unknown]> };

type IsFunction<T> = [NonNullable<T>] extends [never]
  ? false
  : [NonNullable<T>] extends [AnyFunction]
    ? 0 extends 1 & T
      ? false
      : true
    : false;

export type AnyFunction =
  | ((...parameters: never) => unknown)
  | (abstract new (...parameters: never) => unknown);

type Primitive = string | number | bigint | boolean | symbol | null | undefined | void;

/** Objects of the language, of Node and of Telar that arrive with their methods. */
type Whole =
  | Date
  | RegExp
  | ArrayBufferLike
  | ArrayBufferView
  | Channel<never>
  | SharedMap<never, never>
  | SharedSet<never>
  | SharedText
  | AtomicCounter
  | Mutex
  | Semaphore
  | OfHost<'URL' | 'URLSearchParams' | 'Headers' | 'Blob' | 'CryptoKey' | 'MessagePort'>
  | OfHost<'ReadableStream' | 'WritableStream' | 'TransformStream'>;

/** Instances of global classes, which only some sets of types know. */
type OfHost<Name extends string> = Name extends keyof typeof globalThis
  ? (typeof globalThis)[Name] extends { readonly prototype: infer Instance }
    ? Instance
    : never
  : never;
