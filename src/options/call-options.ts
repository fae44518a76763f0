import {
  assertBoolean,
  assertCount,
  assertFunction,
  assertKnown,
  assertMilliseconds,
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
   * part of. It travels once for each worker, as a variable of a closure does. `@defaultValue` none
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
  /** Called once when the run is over, also when it failed. */
  readonly onSummary?: ((summary: RunSummary) => void) | undefined;
}

/** Options of `parallelMap` and `parallelMapSettled`. */
export interface MapOptions<T> extends CallOptions {
  /**
   * Returns how much work an item is, in any unit, from 0: a hint. An array is then run largest first, so that no long
   * item is left for the end. Results stay in input order.
   */
  readonly cost?: ((item: T) => number) | undefined;
}

/** Options of `parallelMapIterable`. */
export interface IterableOptions extends CallOptions {
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

const MAP_OPTIONS = [...CALL_OPTIONS, 'cost'] as const;

const ITERABLE_OPTIONS = [...CALL_OPTIONS, 'ordered'] as const;

export function assertMapOptions(options: MapOptions<never> | undefined): void {
  assertKnown(options, MAP_OPTIONS);
  assertCallOptions(options ?? {});
  assertFunction(options?.cost, 'cost', 'a function from an item to a number');
}

export function assertIterableOptions(options: IterableOptions | undefined): void {
  assertKnown(options, ITERABLE_OPTIONS);
  assertCallOptions(options ?? {});
  assertBoolean(options?.ordered, 'ordered');
}

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
