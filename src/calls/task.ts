import type { TelarError } from '../errors/telar-error.ts';
import type { skip, stop } from '../wire/message/outcome.ts';
import type { AnyFunction, ClonedValue } from './cloned.ts';

/** The third argument of a task. */
export interface TaskContext {
  /** 1 at the first try of this item, 2 at the second. */
  readonly attempt: number;
  /** Whether this item should stop: its call was aborted, or its time is over. Works inside a busy loop. */
  readonly aborted: boolean;
  /** Fires when this item should stop, for tasks that wait. */
  readonly signal: AbortSignal;
}

/** What runs on the workers: an exported function, a closure, or a handle from `importTasks`. */
export type Task<T, R> = (item: T, index: number, context: TaskContext) => R | Yields;

/** A task whose items come from another thread: those that are functions do not, so that their type is `never`. */
export type SentTask<T, R> = Task<Exclude<T, AnyFunction>, R>;

/**
 * What `yield` gives in a generator that is written as a task: nothing that it could use. Said here, since the compiler takes it
 * for an implicit `any` otherwise.
 */
type Yields = Generator<unknown, unknown, unknown> | AsyncGenerator<unknown, unknown, unknown>;

/**
 * What a task's return type becomes: promises are awaited, generators expand, `skip` and `stop` are no results. What has functions
 * in it arrives without: an instance of a class `Point` as `Cloned<Point>`, which has its data and none of its methods.
 */
export type Result<R> = ClonedValue<StageResult<R>>;

/** The same of what stays in its thread, or goes on to another stage. */
export type StageResult<R> = Exclude<
  Awaited<R> extends Generator<infer Y, unknown, never> | AsyncGenerator<infer Y, unknown, never>
    ? Awaited<Y>
    : Awaited<R> extends OwnIterator<infer Y>
      ? Awaited<Y>
      : Awaited<R>,
  typeof skip | typeof stop
>;

/** What counts as a generator, such as what iterator helpers give: an object with `next` that is its own iterator. */
interface OwnIterator<Y> {
  next(...parameters: never): IteratorResult<Y, unknown>;
  [Symbol.iterator](): OwnIterator<Y>;
}

/** What became of one item, in `parallelMapSettled`. A generator's value is the array of its results. */
export type Settled<R> =
  | {
      readonly status: 'fulfilled';
      readonly value: SettledValue<R>;
      readonly index: number;
      readonly attempts: number;
    }
  | {
      readonly status: 'rejected';
      readonly reason: TelarError;
      readonly index: number;
      readonly attempts: number;
    }
  | { readonly status: 'skipped'; readonly index: number; readonly attempts: number };

type SettledValue<R> =
  Awaited<R> extends Generator | AsyncGenerator | OwnIterator<unknown> ? Result<R>[] : Result<R>;
