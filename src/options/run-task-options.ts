import { assertSignal } from './call-options.ts';
import { assertMilliseconds, copyOptions } from './check.ts';
import { assertRetries, type RetryOptions } from './retries.ts';
import type { WorkerPool } from './worker-pool.ts';

/**
 * Options of `run`.
 *
 * @experimental
 */
export interface RunTaskOptions {
  /** The pool to run on. `@defaultValue` a pool that all calls share, started when it is first needed */
  readonly pool?: WorkerPool | undefined;
  /** Ends the call: it rejects with `signal.reason`, once the task has ended, or its worker was stopped. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds that the task may take, from when it starts on a worker. It is told first (`currentContext().aborted`,
   * `currentContext().signal`); its worker is stopped when it does not end within the pool's `grace`. `@defaultValue` no
   * limit
   */
  readonly timeout?: number | undefined;
  /** Number of times that a failed call is tried again. `@defaultValue` 0 */
  readonly retries?: number | RetryOptions | undefined;
  /**
   * A value that the task finds as `currentContext().store`, anywhere below it. It travels as a variable of a closure
   * does. `@defaultValue` none
   */
  readonly store?: unknown;
}

const OF_POOL = ['signal', 'timeout', 'retries', 'store'] as const;
const RUN_TASK_OPTIONS = [...OF_POOL, 'pool'] as const;

/**
 * Checks the options of a call, and returns a copy of its own.
 *
 * @param isOfPool - Whether the call is a method of its pool, and takes no other.
 */
export function takeRunTaskOptions(options: RunTaskOptions | undefined, isOfPool = false): RunTaskOptions {
  if (options === undefined) return {};
  const taken = copyOptions(options, isOfPool ? OF_POOL : RUN_TASK_OPTIONS);
  assertMilliseconds(taken.timeout, 'timeout');
  assertRetries(taken.retries);
  assertSignal(taken.signal);
  return taken;
}
