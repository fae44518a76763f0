import {
  assertBoolean,
  assertCount,
  assertFunction,
  assertMilliseconds,
  assertName,
  copyOptions,
  optionError,
} from './check.ts';
import { describeValue } from '../errors/describe.ts';
import type { Progress } from '../progress/progress.ts';
import type { RunSummary } from '../progress/summary.ts';
import type { WorkerPool } from './worker-pool.ts';
import { type RetryOptions, assertRetries } from './retries.ts';
import { type JournalOptions, assertJournal } from './journal-option.ts';

/** The options of every call. All have a default that works well. */
export interface CallOptions {
  /**
   * The most workers to use, from 1. Up to the size of the shared pool they are its workers; more are started for
   * this call and end with it. `@defaultValue` all workers of the shared pool, one for each core
   */
  readonly workers?: number | undefined;
  /** The pool to run on. `@defaultValue` a pool that all calls share, started when it is first needed */
  readonly pool?: WorkerPool | undefined;
  /**
   * Items in each message, from 1. With 1, every outcome is reported by itself and no item runs again because
   * another one killed the worker: for tasks with side effects. `@defaultValue` chosen so that a chunk takes 20 ms
   */
  readonly chunkSize?: number | undefined;
  /** Ends the call: it rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds that one item may take, from when it starts on a worker. The task is told first (`context.aborted`,
   * `context.signal`); its worker is stopped when it does not end within the pool's `grace`. `@defaultValue` no limit
   */
  readonly timeout?: number | undefined;
  /** Number of times that a failed item is tried again. `@defaultValue` 0 */
  readonly retries?: number | RetryOptions | undefined;
  /**
   * A value that tasks find as `currentContext().store`, anywhere below them: the request, or the settings, that the call is
   * part of. It travels once for each worker, as a variable of a closure does, and to a `Cluster` as data. `@defaultValue` none
   *
   * @experimental
   */
  readonly store?: unknown;
  /**
   * A file that keeps what was done: the same program, started again after an error or `kill -9`, does only the rest,
   * and gives the same results. Results are stored in the file. It is refused where the input, the task or the options
   * have changed. `@defaultValue` none
   */
  readonly journal?: string | URL | JournalOptions | undefined;
  /** Shows a progress bar on stderr, or a line every few seconds where that is no terminal. `@defaultValue` false */
  readonly progress?: boolean | undefined;
  /** Called at most ten times a second, and at the end. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Called once when the run is over, also when it failed. A promise that it returns is waited for, however long: the call
   * settles after it, and rejects where it does and nothing else has.
   */
  readonly onSummary?: ((summary: RunSummary) => void) | undefined;
}

/** Options of a call on a `Cluster` that goes on where an earlier one ended. */
export interface NamedRunOptions extends CallOptions {
  /**
   * Name of the run, 1 to 64 letters, digits, `.`, `_` and `-`, for calls whose `pool` is a `Cluster`. The same call, made again
   * after its program was killed or has failed, takes the outcomes that are at the broker and does the rest. It is
   * refused where task, items or options have changed. A call that resolves deletes the run. `@defaultValue` none
   * @experimental
   */
  readonly runId?: string | undefined;
  /**
   * Milliseconds that an unfinished run with a `runId` stays at the broker. `@defaultValue` 86,400,000, a day
   * @experimental
   */
  readonly keep?: number | undefined;
}

/** Options of `parallelMap` and `parallelMapSettled`. */
export interface MapOptions<T> extends NamedRunOptions {
  /**
   * Returns how much work an item is, in any unit, from 0: a hint. An array is then run largest first, so that no long
   * item is left for the end. Results stay in input order.
   */
  readonly cost?: ((item: T) => number) | undefined;
}

/** Options of `parallelMapIterable`. */
export interface IterableOptions extends NamedRunOptions {
  /** Whether results come in input order, or as they are completed. `@defaultValue` true */
  readonly ordered?: boolean | undefined;
}

export const CALL_OPTIONS = [
  'workers',
  'pool',
  'chunkSize',
  'signal',
  'timeout',
  'retries',
  'store',
  'journal',
  'progress',
  'onProgress',
  'onSummary',
] as const;

const NAMED_OPTIONS = ['runId', 'keep'] as const;

const MAP_OPTIONS = [...CALL_OPTIONS, ...NAMED_OPTIONS, 'cost'] as const;

const ITERABLE_OPTIONS = [...CALL_OPTIONS, ...NAMED_OPTIONS, 'ordered'] as const;

/** Checks the options of a call, and returns a copy of its own. */
export function takeMapOptions<T>(options: MapOptions<T> | undefined): MapOptions<T> {
  const taken = copyOptions(options, MAP_OPTIONS);
  assertCallOptions(taken);
  assertNamedOptions(taken);
  assertFunction(taken.cost, 'cost', 'a function from an item to a number');
  return taken;
}

/** Checks the options of a call that is read, and returns a copy of its own. */
export function takeIterableOptions(options: IterableOptions | undefined): IterableOptions {
  const taken = copyOptions(options, ITERABLE_OPTIONS);
  assertCallOptions(taken);
  assertNamedOptions(taken);
  assertBoolean(taken.ordered, 'ordered');
  return taken;
}

function assertNamedOptions({ runId, keep, pool }: NamedRunOptions): void {
  if (runId !== undefined) assertName(runId, 'runId');
  assertMilliseconds(keep, 'keep');
  if (keep !== undefined && runId === undefined) {
    throw optionError(
      '`keep` says how long a run with a `runId` stays: give that as well, or leave `keep` out.',
    );
  }
  if (runId !== undefined && pool === undefined) throw optionError(NO_CLUSTER);
}

/** Says that a run has a name, and no place where it could be kept. */
export const NO_CLUSTER =
  'Expected `pool` to be a Cluster of telar/cluster, where a run with a `runId` is kept. On this machine, `journal` keeps what was done.';

export function assertCallOptions(options: CallOptions): void {
  assertCount(options.workers, 'workers');
  assertCount(options.chunkSize, 'chunkSize');
  assertMilliseconds(options.timeout, 'timeout');
  assertRetries(options.retries);
  assertJournal(options.journal);
  assertBoolean(options.progress, 'progress');
  assertFunction(options.onProgress, 'onProgress', 'a function');
  assertFunction(options.onSummary, 'onSummary', 'a function');
  assertSignal(options.signal);
  if (options.pool !== undefined && options.workers !== undefined) {
    throw optionError('Expected `pool` or `workers`, got both: a pool has its own number of workers.');
  }
}

export function assertSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  const hint = signal instanceof AbortController ? ' Pass its `signal`.' : '';
  throw optionError(`Expected \`signal\` to be an AbortSignal, got ${describeValue(signal)}.${hint}`);
}
