import {
  assertBoolean,
  assertBytes,
  assertCount,
  assertKnown,
  assertMilliseconds,
  assertTimeLimit,
  copyOptions,
  optionError,
} from './check.ts';
import { describeValue } from '../errors/describe.ts';
import { assertResourceLimits } from './resource-limits.ts';
import type { CloseOptions } from './worker-pool.ts';

/** Place where the workers of a pool live. */
export type Isolation = 'thread' | 'process' | 'suspects';

/** Options of a `Pool`. */
export interface PoolOptions {
  /**
   * Place where workers live: on threads, or each in a process of its own, which contains what no thread can: crashes
   * in native code, and memory that runs away. Processes take longer to start, and share no memory. With `'suspects'`
   * workers live on threads, and an item whose thread died on it is tried once more alone in a process, beyond its
   * `retries`, before it is given up. `@defaultValue` 'thread'
   */
  readonly isolate?: Isolation | undefined;
  /**
   * Workers to run at most, from 1; fewer where `memory` does not carry them: `pool.workers` tells.
   * `@defaultValue` one for each core that the process may use
   */
  readonly workers?: number | undefined;
  /**
   * Calls that may wait while as many run as there are workers, from 0. One more rejects at once, with a `WorkerError`
   * whose `reason` is `'full'`: a server sheds load so. `parallelMap` and its like count as one call each, however many
   * items they have; pipelines, and calls over typed arrays, are neither counted nor refused. `@defaultValue` no limit
   *
   * @experimental
   */
  readonly maxQueue?: number | undefined;
  /**
   * Bytes that all workers together may have, from 64 MB. Each worker has its share, which limits its heap and is the
   * default of `maxMemoryPerWorker`. No more workers run than can have 64 MB each, or what `resourceLimits` gives to
   * each. `@defaultValue` three quarters of what the container, or else the machine, has
   */
  readonly memory?: number | undefined;
  /**
   * Bytes that a worker may still hold when a chunk is done and its garbage is collected, from 1 MB: its objects, and
   * buffers outside of its heap, which have no other limit. A worker that holds more is replaced, and nothing is lost.
   * One that holds more after its very first chunk is replaced at twice that. `@defaultValue` its share of `memory`
   */
  readonly maxMemoryPerWorker?: number | undefined;
  /**
   * Items (of a file: blocks) after which a worker is replaced when its chunk is done, from 1: for code that leaks what
   * nothing can see. `@defaultValue` no limit
   */
  readonly maxItemsPerWorker?: number | undefined;
  /**
   * Limits of each thread's V8 heap and stack, as `new Worker` takes them. `@defaultValue` 16 MB for young objects, and
   * for old ones a share of `memory`, at most 4 GB, unless the program was started with `--max-old-space-size`
   */
  readonly resourceLimits?: ResourceLimits | undefined;
  /**
   * Milliseconds that a worker may take until it is ready to take items, from 1, or `Infinity`. A worker that is not
   * ready by then is stopped, and counts as one that cannot start. So does a worker that runs nothing and does not
   * begin what it was sent for as long, where the call has no `timeout`. `@defaultValue` 30,000
   */
  readonly startTimeout?: number | undefined;
  /** Milliseconds that the module of a task may take to load, or what `perWorker` opened to close. `@defaultValue` 30,000 */
  readonly importTimeout?: number | undefined;
  /** Milliseconds between asking a worker to stop and stopping it. `@defaultValue` 50 */
  readonly grace?: number | undefined;
}

/** Limits of a thread in MB; see `resourceLimits` of `worker_threads`. */
export interface ResourceLimits {
  readonly maxOldGenerationSizeMb?: number;
  readonly maxYoungGenerationSizeMb?: number;
  readonly codeRangeSizeMb?: number;
  readonly stackSizeMb?: number;
}

const ISOLATIONS: readonly Isolation[] = ['thread', 'process', 'suspects'];

const POOL_OPTIONS = [
  'isolate',
  'workers',
  'maxQueue',
  'memory',
  'maxMemoryPerWorker',
  'maxItemsPerWorker',
  'resourceLimits',
  'importTimeout',
  'startTimeout',
  'grace',
] as const;

/** Checks the options of a pool, and returns a copy of them, which is the pool's own. */
export function takePoolOptions(options: PoolOptions | undefined): PoolOptions {
  const taken = copyOptions(options, POOL_OPTIONS);
  const isolate: unknown = taken.isolate;
  if (isolate !== undefined && !ISOLATIONS.includes(isolate as Isolation)) {
    throw optionError(
      `Expected \`isolate\` to be 'thread', 'process' or 'suspects', got ${describeValue(isolate)}.`,
    );
  }
  assertCount(taken.workers, 'workers');
  assertCount(taken.maxQueue, 'maxQueue', 0);
  assertBytes(taken.memory, 'memory', 64);
  assertBytes(taken.maxMemoryPerWorker, 'maxMemoryPerWorker', 1);
  assertCount(taken.maxItemsPerWorker, 'maxItemsPerWorker');
  assertMilliseconds(taken.importTimeout, 'importTimeout');
  assertTimeLimit(taken.startTimeout, 'startTimeout');
  assertMilliseconds(taken.grace, 'grace', 0);
  assertResourceLimits(taken.resourceLimits);
  return taken;
}

export function assertCloseOptions(options: CloseOptions | undefined): void {
  assertKnown(options, ['force']);
  assertBoolean(options?.force, 'force');
}
