import { assertInput } from '../flow/source/open-source.ts';
import { assertTask, refuseSwapped } from '../options/arguments.ts';

/** Checks the input and the task of a call over items. Swapped arguments are named as such. */
export function assertCall(
  name: string,
  input: unknown,
  task: unknown,
  options: unknown,
): asserts task is Function {
  const isTaskFirst = typeof input === 'function' && typeof task !== 'function' && task !== undefined;
  refuseSwapped(isTaskFirst, `${name}(input, task)`, [input, task]);
  const isTaskLast = typeof options === 'function' && typeof task !== 'function';
  refuseSwapped(isTaskLast, `${name}(input, task, options)`, [input, task, options]);
  assertInput(input);
  assertTask(task);
}
