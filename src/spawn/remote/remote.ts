import type { Channel } from '../../shared/channel/channel.ts';

/**
 * An object that lives on another thread: its members can be called, awaited and iterated from here.
 *
 * Methods are async, and calls of one object begin in the order in which they were made. Properties are awaited, also
 * those of properties (`await model.config.size`). Generators stream: each value is made when it is asked for, and
 * leaving the loop closes the generator. What crosses is cloned, unless `transfer()` marks it.
 */
export type Remote<T> = RemoteMembers<T> & AsyncDisposable;

/** The public members of an object, as they are on another thread. */
export type RemoteMembers<T> = {
  readonly [Name in keyof T as Name extends string ? Name : never]-?: RemoteMember<T[Name]>;
};

/** One member of an object, as it is on another thread. */
export type RemoteMember<V> = V extends (...args: infer A) => infer R
  ? (...args: A) => RemoteResult<R>
  : RemoteProperty<V>;

/** The result of a remote method. */
export type RemoteResult<R> = [Awaited<R>] extends [never]
  ? Promise<never>
  : unknown extends R
    ? Promise<R>
    : Awaited<R> extends Channel<unknown>
      ? Promise<Awaited<R>>
      : Awaited<R> extends
            | Generator<infer Y, infer Last, infer Sent>
            | AsyncGenerator<infer Y, infer Last, infer Sent>
        ? AsyncGenerator<Awaited<Y>, Last, Sent>
        : Awaited<R> extends AsyncIterable<infer Y>
          ? AsyncGenerator<Y, unknown, unknown>
          : Promise<Awaited<R>>;

/** A property to be awaited; the properties of a plain object in it can be awaited as well. */
export type RemoteProperty<V> = PromiseLike<Awaited<V>> & (V extends Leaf ? unknown : RemoteMembers<V>);

/** Values that are awaited whole, without their properties. */
type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | Channel<unknown>
  | readonly unknown[]
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | PromiseLike<unknown>;

/** The arguments that the methods of an object take. */
export type MethodArguments<T> = {
  [Name in keyof T]: T[Name] extends (...args: infer A) => unknown ? A : never;
}[keyof T];
