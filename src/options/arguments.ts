import { describeValue } from '../errors/describe.ts';

/** Throws a TypeError unless a value is a function, as tasks and handles are. */
export function assertTask(task: unknown): asserts task is Function {
  if (typeof task === 'function') return;
  throw new TypeError(
    `Expected the task to be a function, or a handle from importTasks(), got ${describeValue(task)}.`,
  );
}

/**
 * Throws an error which says that arguments stand in each other's place: their own checks would not say so.
 *
 * @param expected - The call as it is to be written, such as `parallelMap(input, task)`.
 */
export function refuseSwapped(isSwapped: boolean, expected: string, given: readonly unknown[]): void {
  if (!isSwapped) return;
  const order = given.map(describeValue).join(', then ');
  throw new TypeError(`The arguments are swapped: expected ${expected}, got ${order}.`);
}
