import type { skip, stop } from '../wire/message/outcome.ts';
import { type CallSite, captureSite } from '../errors/call-site.ts';
import { describeValue } from '../errors/describe.ts';
import { startCall } from '../flow/calls/start-call.ts';
import { sharedPool } from '../flow/pool/pool.ts';
import { assertTask, refuseSwapped } from '../options/arguments.ts';
import { type RunTaskOptions, takeRunTaskOptions } from '../options/run-task-options.ts';
import type { WorkerPool } from '../options/worker-pool.ts';
import type { ClonedValue } from './cloned.ts';

/** A function that `run` calls on a worker. */
export type AnyTask = (...args: never[]) => unknown;

/**
 * Type of the result of one call, from the return type of its task: promises are awaited, a generator gives the array of
 * what it yields, and `skip` and `stop` give `undefined`.
 *
 * @experimental
 */
export type CallResult<R> =
  Awaited<R> extends Generator<infer Y, unknown, never> | AsyncGenerator<infer Y, unknown, never>
    ? ClonedValue<Exclude<Awaited<Y>, typeof skip | typeof stop>>[]
    : ClonedValue<WithoutMarks<Awaited<R>>>;

type WithoutMarks<R> = R extends typeof skip | typeof stop ? undefined : R;

/**
 * Calls `task(...args)` on a worker, with nothing more than these arguments, and gives what it returns.
 *
 * Rejects with a `TelarError` whose `cause` is what the task threw; `WorkerError` when its worker died on it. Arguments
 * and the result are cloned, unless `transfer()` hands their buffers over. `currentContext()` gives the task its signal.
 * An item that returns `skip` or `stop` gives `undefined`, since there are no others; a generator the array of what it yields.
 *
 * Calls of one imported function that are made in the same turn travel together, and each settles by itself: about 20 µs
 * of CPU time each, 60 where each waits for the one before. A closure is captured at each call.
 *
 * @experimental
 *
 * @example
 * ```ts
 * import { run } from 'telar';
 * import { resize } from './images.js';
 *
 * const small = await run(resize, [image, 320, 240], { timeout: 5000 });
 * ```
 */
export function run<F extends AnyTask>(
  task: F,
  args: Readonly<Parameters<F>>,
  options?: RunTaskOptions,
): Promise<CallResult<ReturnType<F>>> {
  // The stack is taken where it is shallow: each frame of an optimised function takes the engine 1 µs and more.
  const site = captureSite(run);
  return callTask('run', { task, args, options, site }) as Promise<CallResult<ReturnType<F>>>;
}

/** A call as it was given, of which nothing is checked yet. */
interface GivenCall {
  /** Pool whose method was called; absent where the options may name one. */
  readonly pool?: WorkerPool;
  readonly task: AnyTask;
  readonly args: readonly unknown[];
  readonly options: RunTaskOptions | undefined;
  readonly site: CallSite;
}

/**
 * Checks a call, and starts it. Rejects with what is wrong with it.
 *
 * @param name - The call as the user wrote it, for messages.
 */
export function callTask(name: string, { pool, task, args, options, site }: GivenCall): Promise<unknown> {
  return new Promise((resolve, reject) => {
    assertCall(name, task, args);
    const taken = takeRunTaskOptions(options, pool !== undefined);
    const chosen = pool ?? taken.pool ?? sharedPool();
    startCall({ pool: chosen, task, args, options: taken, site }, resolve, reject);
  });
}

function assertCall(name: string, task: unknown, args: unknown): void {
  refuseSwapped(typeof args === 'function' && Array.isArray(task), `${name}(task, args)`, [task, args]);
  assertTask(task);
  if (Array.isArray(args)) return;
  throw new TypeError(
    `Expected the arguments as an array, as in ${name}(task, [first, second]), got ${describeValue(args)}.`,
  );
}
