import { describeValue } from '../errors/describe.ts';

/** Throws a TypeError unless a value is a function, as tasks and handles are. */
export function assertTask(task: unknown): asserts task is Function {
  if (typeof task === 'function') return;
  throw new TypeError(
    `Expected the task to be a function, or a handle from importTasks(), got ${describeValue(task)}.`,
  );
}
