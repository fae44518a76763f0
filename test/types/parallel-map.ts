/*
 * What users write compiles, with the types that they expect and no annotation; what is wrong does not. Compiling is
 * the test: the functions are never called.
 */
import {
  importTasks,
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  skip,
  stop,
  TelarError,
} from 'telar';
import type { Result, Settled, Task, TaskContext } from 'telar';
import { assertType } from './same.ts';

const measure = (text: string): number => text.length;
const measureLater = async (text: string): Promise<number> => text.length;

export async function infersResults(): Promise<void> {
  assertType<number[]>()(await parallelMap(['a'], measure), true);
  assertType<number[]>()(await parallelMap(['a'], measureLater), true);
  assertType<AsyncIterable<number>>()(parallelMapIterable(['a'], measureLater), true);
  assertType<Settled<number>[]>()(await parallelMapSettled(['a'], measureLater), true);
  assertType<string[]>()(await parallelMap([['a']], (list) => list.values()), true);
  assertType<string[]>()(await parallelMap(['a'], (text) => text[Symbol.iterator]()), true);
  assertType<number[][]>()(await parallelMap([1], (value) => [value]), true);
}

export async function infersItemsOfEveryInput(
  readable: ReadableStream<string>,
  later: AsyncIterable<string>,
): Promise<void> {
  const upper = (item: string): string => item.toUpperCase();
  await parallelMap(new Set(['a']), upper);
  await parallelMap([Promise.resolve('a')], upper);
  await parallelMap(later, upper);
  await parallelMap(readable, upper);
  await parallelMap(new Float64Array(8), (item) => item.toFixed(2));
  // The context needs no annotation in a closure, and its position tells what it is.
  await parallelMap(['a'], (item, index, context) => {
    assertType<string>()(item, true);
    assertType<number>()(index, true);
    assertType<TaskContext>()(context, true);
  });
  // @ts-expect-error -- the items are no strings.
  await parallelMap([1], upper);
}

export async function expandsGeneratorsAndLeavesOutMarks(): Promise<void> {
  const words = function* (line: string): Generator<string> {
    yield* line.split(' ');
  };
  assertType<string[]>()(await parallelMap(['a b'], words), true);
  assertType<number[]>()(await parallelMap([1], (item) => (item > 0 ? item : skip)), true);
  assertType<number[]>()(await parallelMap([1], (item) => (item > 0 ? item : stop)), true);
  // A string or an array is one result, not many.
  assertType<number[][]>()(await parallelMap([1], (item) => [item]), true);
}

export async function narrowsOutcomes(): Promise<void> {
  for (const outcome of await parallelMapSettled(['a'], measure)) {
    assertType<number>()(outcome.index, true);
    if (outcome.status === 'fulfilled') assertType<number>()(outcome.value, true);
    if (outcome.status === 'rejected') assertType<TelarError>()(outcome.reason, true);
    // @ts-expect-error -- only a fulfilled outcome has a value.
    if (outcome.status === 'skipped') console.log(outcome.value);
  }
}

export async function typesImportedTasks(url: URL): Promise<void> {
  const tasks = importTasks<{ measure: typeof measure; version: string }>(url);
  assertType<number[]>()(await parallelMap(['a'], tasks.measure), true);
  // @ts-expect-error -- a value that is no function is no task.
  await parallelMap(['a'], tasks.version);
  // @ts-expect-error -- the module has no such task.
  await parallelMap(['a'], tasks.missing);
}

export async function refusesUnknownOptions(): Promise<void> {
  // @ts-expect-error -- a count of threads is `workers`.
  await parallelMap(['a'], measure, { concurrency: 4 });
  // @ts-expect-error -- the whole array comes in order.
  await parallelMap(['a'], measure, { ordered: false });
  parallelMapIterable(['a'], measure, { ordered: false });
  await parallelMap(['a'], measure, { cost: (item) => item.length });
}

export async function yielding(): Promise<void> {
  const ended = await parallelMap([1, 2], function* (item) {
    if (item > 1) return yield stop;
    yield item;
  });
  assertType<number[]>()(ended, true);
  const later = await parallelMap([1, 2], async function* (item) {
    if (item > 1) return yield skip;
    yield item;
  });
  assertType<number[]>()(later, true);
  assertType<string[]>()(await wrap([1], String), true);
  assertType<unknown[]>()(await wrap([1], (item): unknown => item), true);
}

function wrap<T, R>(items: readonly T[], task: Task<T, R>): Promise<Result<R>[]> {
  return parallelMap(items, task);
}
