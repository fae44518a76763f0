import type { TelarError } from '../errors/telar-error.ts';
import type { TaskContext } from '../wire/message/current-context.ts';
import type { skip, stop } from '../wire/message/outcome.ts';
import type { AnyFunction, ClonedValue } from './cloned.ts';

/** A function that runs on the workers: an exported function, a closure, or a handle from `importTasks`. */
export type Task<T, R> = (item: T, index: number, context: TaskContext) => R | Yields;

/** A task whose items come from another thread: items that are functions do not come, so that their type is `never`. */
export type SentTask<T, R> = Task<Exclude<T, AnyFunction>, R>;

/**
 * Type of a generator that is written as a task. Its `yield` gives nothing that it could use, which is said here since
 * the compiler takes it for an implicit `any` otherwise.
 */
type Yields = Generator<unknown, unknown, unknown> | AsyncGenerator<unknown, unknown, unknown>;

/**
 * Type of a task's results, from its return type: promises are awaited, generators expand, `skip` and `stop` are no
 * results. A value with functions in it arrives without them: an instance of a class `Point` as `Cloned<Point>`, which
 * has its data and none of its methods.
 */
export type Result<R> = ClonedValue<StageResult<R>>;

/** Type of a task's results that stay in their thread, or go on to another stage: as `Result`, with their functions. */
export type StageResult<R> = Exclude<
  Awaited<R> extends Generator<infer Y, unknown, never> | AsyncGenerator<infer Y, unknown, never>
    ? Awaited<Y>
    : Awaited<R> extends OwnIterator<infer Y>
      ? Awaited<Y>
      : Awaited<R>,
  typeof skip | typeof stop
>;

/** Object that counts as a generator, such as those of iterator helpers: it has `next`, and is its own iterator. */
interface OwnIterator<Y> {
  next(...parameters: never): IteratorResult<Y, unknown>;
  [Symbol.iterator](): OwnIterator<Y>;
}

/** Outcome of one item in `parallelMapSettled`. A generator's value is the array of its results. */
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
