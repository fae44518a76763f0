import { captureSite } from '../errors/call-site.ts';
import { Pool as EnginePool } from '../flow/pool/pool.ts';
import { countWaiting } from '../flow/work/open-queues.ts';
import type { CloseOptions, PoolStats } from '../options/worker-pool.ts';
import { nameDisposal } from '../realm/disposal.ts';
import type { RunTaskOptions } from '../options/run-task-options.ts';
import { type AnyTask, type CallResult, callTask } from './run.ts';

/**
 * A set of workers that several calls share, fairly: each has its turn, chunk by chunk. Workers are threads, or with
 * `isolate: 'process'` processes.
 *
 * Threads start when they are first needed, about 40 ms and 9 MB each, and stay until `close`. An idle pool does not
 * keep the process alive. Inside a task, a pool adds no threads: its calls run on the task's own worker.
 *
 * @example
 * ```ts
 * await using pool = new Pool({ workers: 4 });
 * const [small, large] = await Promise.all([
 *   parallelMap(thumbnails, encode, { pool }),
 *   parallelMap(posters, encode, { pool }),
 * ]);
 * ```
 */
export class Pool extends EnginePool {
  declare readonly workers: number;

  /**
   * Calls `task(...args)` on one of the pool's workers: `run` with this pool.
   *
   * @experimental
   */
  run<F extends AnyTask>(
    task: F,
    args: Readonly<Parameters<F>>,
    options?: Omit<RunTaskOptions, 'pool'>,
  ): Promise<CallResult<ReturnType<F>>> {
    // oxlint-disable-next-line typescript/unbound-method -- it is not called, but left out of stacks.
    const site = captureSite(Pool.prototype.run);
    return callTask('pool.run', { pool: this, task, args, options, site }) as Promise<
      CallResult<ReturnType<F>>
    >;
  }

  /**
   * Lets the calls in progress finish, refuses new ones, then ends the threads. Resolves when none is left. Calling it
   * twice is fine.
   *
   * With `force: true` the calls in progress reject with a `WorkerError` whose `reason` is `'closed'`, and their
   * workers are stopped after the pool's `grace`; a second call can so force a `close` that waits. Once no call is in
   * progress, closing takes a few seconds at most, whatever tasks have left behind; only what `perWorker` opened may
   * take up to `importTimeout` to close.
   */
  override close(options?: CloseOptions): Promise<void> {
    return super.close(options);
  }

  /**
   * Tells what the pool does now: its workers, the items that they hold, the calls in progress. Asking costs some
   * microseconds for each worker; of a worker that is a process, some reads of a file. Not asking costs nothing for an
   * item.
   */
  override stats(): PoolStats {
    const stats = super.stats();
    const waiting = countWaiting(this);
    return { ...stats, queued: stats.queued + waiting, inFlight: stats.inFlight + waiting };
  }

  override [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  static {
    nameDisposal(this.prototype, 'asyncDispose');
  }
}
