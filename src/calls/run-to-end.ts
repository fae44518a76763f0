import { captureSite } from '../errors/call-site.ts';
import type { RunForm } from '../flow/launch/launch.ts';
import { assertInput, type Input } from '../flow/source/open-source.ts';
import { refuseSwapped } from '../options/check.ts';
import type { MapOptions } from '../options/call-options.ts';
import { assertTask } from '../task/assert-task.ts';
import { launchTask } from './launch-task.ts';

/** Runs a call whose results are all wanted; resolves when it is over. */
export async function runToEnd<T>(
  input: Input<T>,
  task: unknown,
  options: MapOptions<T> | undefined,
  form: RunForm,
  caller: (...args: never[]) => unknown,
): Promise<void> {
  const { run, begin } = launchTask(input, task, options ?? {}, form, captureSite(caller));
  begin();
  await run.finished;
}

/** Checks the input and the task of a call. Swapped arguments are named as such. */
export function assertCall(name: string, input: unknown, task: unknown, options: unknown): void {
  assertOrder(name, input, task, options);
  assertInput(input);
  assertTask(task);
}

function assertOrder(name: string, input: unknown, task: unknown, options: unknown): void {
  const isTaskFirst = typeof input === 'function' && typeof task !== 'function' && task !== undefined;
  refuseSwapped(isTaskFirst, `${name}(input, task)`, [input, task]);
  const isTaskLast = typeof options === 'function' && typeof task !== 'function';
  refuseSwapped(isTaskLast, `${name}(input, task, options)`, [input, task, options]);
}
