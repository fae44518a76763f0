import { captureSite } from '../errors/call-site.ts';
import { type RunForm, runToEnd } from '../flow/launch/launch.ts';
import type { Input } from '../flow/source/open-source.ts';
import type { Segment } from '../flow/outcome/segment.ts';
import { type MapOptions, takeMapOptions } from '../options/call-options.ts';
import { assertCall } from './assert-call.ts';
import { launchTask } from './launch-task.ts';
import type { SentTask, Settled } from './task.ts';

/**
 * Like `parallelMap`, and gives the outcome of every item instead of stopping at the first failure: also when
 * workers die. Rejects only when the input fails, the call is aborted, or the task's module has no such function.
 *
 * @example
 * ```ts
 * for (const outcome of await parallelMapSettled(files, parse)) {
 *   if (outcome.status === 'rejected') console.error(outcome.index, outcome.reason.message);
 * }
 * ```
 */
export async function parallelMapSettled<T, R>(
  input: Input<T>,
  task: SentTask<T, R>,
  options?: MapOptions<T>,
): Promise<Settled<R>[]> {
  assertCall('parallelMapSettled', input, task, options);
  const taken = takeMapOptions(options);
  const settled: Settled<unknown>[] = [];
  const deliver = ({ values, outcomes, index: first, attempt }: Segment): void => {
    for (let at = 0; at < values.length; at++) {
      const outcome = outcomes?.get(at);
      const place = { index: first + at, attempts: attempt };
      if (outcome === undefined || outcome.kind === 'expanded') {
        settled.push({ status: 'fulfilled', value: values[at], ...place } as Settled<unknown>);
      } else if (outcome.kind === 'failed') {
        settled.push({ status: 'rejected', reason: outcome.error, ...place });
      } else if (outcome.kind === 'skipped') {
        settled.push({ status: 'skipped', ...place });
      }
    }
  };
  const form: RunForm = { isOrdered: true, onFailure: 'keep', receiver: { deliver } };
  await runToEnd(launchTask(input, task, taken, form, captureSite(parallelMapSettled)));
  return settled as Settled<R>[];
}
