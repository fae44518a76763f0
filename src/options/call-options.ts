import { fileURLToPath } from 'node:url';
import {
  assertBoolean,
  assertBytes,
  assertCount,
  assertFunction,
  assertKnown,
  assertMilliseconds,
  assertTimeLimit,
  optionError,
} from './check.ts';
import { describeValue } from '../errors/describe.ts';
import type { TelarError } from '../errors/telar-error.ts';
import type { Progress } from '../progress/progress.ts';
import type { RunSummary } from '../progress/summary.ts';
import type { CloseOptions, WorkerPool } from './worker-pool.ts';

/** How failed items are tried again. */
export interface RetryOptions {
  /** Tries beyond the first. From 0. */
  readonly retries: number;
  /** Milliseconds before the next try, or a function of the number of tries so far. `@defaultValue` 0 */
  readonly delay?: number | ((attempts: number) => number) | undefined;
  /** Whether to try again after this error. Runs on the calling thread. `@defaultValue` always */
  readonly when?: ((error: TelarError) => boolean) | undefined;
}

/** Where a run keeps what it has done, and what to do with what is there. */
export interface JournalOptions {
  /** The file, or its `file:` URL. */
  readonly path: string | URL;
  /**
   * What to do with the journal of another input, task or options: refuse it, with an error, or start over.
   * `@defaultValue` 'refuse'
   */
  readonly onMismatch?: 'refuse' | 'restart' | undefined;
  /** Runs again those items whose failure an earlier run has kept. `@defaultValue` false */
  readonly retryFailed?: boolean | undefined;
}

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
  /** How often a failed item is tried again. `@defaultValue` 0 */
  readonly retries?: number | RetryOptions | undefined;
  /**
   * A file that keeps what was done: the same program, started again after an error or `kill -9`, does only the rest,
   * and gives the same results. Results are stored in it. Refused where the input, the task or the options have changed.
   * `@defaultValue` none
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
   * How much work an item is, in any unit, from 0: a hint. An array is then run largest first, so that no long item
   * is left for the end. Results stay in input order.
   */
  readonly cost?: ((item: T) => number) | undefined;
}

/** Options of `parallelMapIterable`. */
export interface IterableOptions extends CallOptions {
  /** Whether results come in input order, or as they are completed. `@defaultValue` true */
  readonly ordered?: boolean | undefined;
}

/** Where the workers of a pool live. */
export type Isolation = 'thread' | 'process' | 'suspects';

/** Options of a `Pool`. */
export interface PoolOptions {
  /**
   * Where workers live: on threads, or each in a process of its own, which contains what no thread can: crashes in
   * native code, and memory that runs away. Processes take longer to start, and share no memory. With `'suspects'` they
   * live on threads, and an item whose thread died on it is tried once more alone in a process, beyond its `retries`,
   * before it is given up. `@defaultValue` 'thread'
   */
  readonly isolate?: Isolation | undefined;
  /**
   * Workers to run at most, from 1; fewer where `memory` does not carry them: `pool.workers` tells.
   * `@defaultValue` one for each core that the process may use
   */
  readonly workers?: number | undefined;
  /**
   * Bytes that all workers together may have, from 64 MB. Each has its share: its heap is limited by it, and
   * `maxMemoryPerWorker` is. No more workers run than have 64 MB, or what `resourceLimits` gives to each.
   * `@defaultValue` three quarters of what the container, or else the machine, has
   */
  readonly memory?: number | undefined;
  /**
   * Bytes that a worker may still hold when a chunk is done and its garbage is collected, from 1 MB: its objects, and buffers
   * outside of its heap, which have no other limit. One that holds more is replaced, and nothing is lost. One that holds
   * more after its very first chunk is replaced at twice that. `@defaultValue` its share of `memory`
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
   * Milliseconds that a worker may take until it is ready to take items, from 1, or `Infinity`. One that is not ready by then
   * is stopped, and counts as one that cannot start. So is
   * one that runs nothing and does not begin what it was sent for as long, where the call has no `timeout`. `@defaultValue` 30,000
   */
  readonly startTimeout?: number | undefined;
  /** Milliseconds that the module of a task may take to load, or what `perWorker` opened to close. `@defaultValue` 30,000 */
  readonly importTimeout?: number | undefined;
  /** Milliseconds between asking a worker to stop and stopping it. `@defaultValue` 50 */
  readonly grace?: number | undefined;
}

/** In MB; see `resourceLimits` of `worker_threads`. */
export interface ResourceLimits {
  readonly maxOldGenerationSizeMb?: number;
  readonly maxYoungGenerationSizeMb?: number;
  readonly codeRangeSizeMb?: number;
  readonly stackSizeMb?: number;
}

export interface JournalSettings {
  readonly path: string;
  readonly onMismatch: 'refuse' | 'restart';
  readonly retryFailed: boolean;
}

export interface RetryPolicy {
  readonly most: number;
  readonly delay: (attempts: number) => number;
  readonly when: (error: TelarError) => boolean;
}

export const CALL_OPTIONS = [
  'workers',
  'pool',
  'chunkSize',
  'signal',
  'timeout',
  'retries',
  'journal',
  'progress',
  'onProgress',
  'onSummary',
] as const;
const MAP_OPTIONS = [...CALL_OPTIONS, 'cost'] as const;
const ITERABLE_OPTIONS = [...CALL_OPTIONS, 'ordered'] as const;
const ISOLATIONS: readonly Isolation[] = ['thread', 'process', 'suspects'];
const POOL_OPTIONS = [
  'isolate',
  'workers',
  'memory',
  'maxMemoryPerWorker',
  'maxItemsPerWorker',
  'resourceLimits',
  'importTimeout',
  'startTimeout',
  'grace',
] as const;

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

export function assertPoolOptions(options: PoolOptions | undefined): void {
  assertKnown(options, POOL_OPTIONS);
  const isolate: unknown = options?.isolate;
  if (isolate !== undefined && !ISOLATIONS.includes(isolate as Isolation)) {
    throw optionError(
      `Expected \`isolate\` to be 'thread', 'process' or 'suspects', got ${describeValue(isolate)}.`,
    );
  }
  assertCount(options?.workers, 'workers');
  assertBytes(options?.memory, 'memory', 64);
  assertBytes(options?.maxMemoryPerWorker, 'maxMemoryPerWorker', 1);
  assertCount(options?.maxItemsPerWorker, 'maxItemsPerWorker');
  assertMilliseconds(options?.importTimeout, 'importTimeout');
  assertTimeLimit(options?.startTimeout, 'startTimeout');
  assertMilliseconds(options?.grace, 'grace', 0);
  const limits: unknown = options?.resourceLimits;
  if (limits !== undefined && (typeof limits !== 'object' || limits === null)) {
    throw optionError(
      `Expected \`resourceLimits\` to be an object such as { maxOldGenerationSizeMb: 512 }, got ${describeValue(limits)}.`,
    );
  }
}

export function assertCloseOptions(options: CloseOptions | undefined): void {
  assertKnown(options, ['force']);
  assertBoolean(options?.force, 'force');
}

export function resolveRetries(retries: number | RetryOptions | undefined): RetryPolicy {
  const options = typeof retries === 'object' ? retries : { retries: retries ?? 0 };
  const { delay = 0, when = (): boolean => true } = options;
  return { most: options.retries, delay: typeof delay === 'function' ? delay : (): number => delay, when };
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
  const signal: unknown = options.signal;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    const hint = signal instanceof AbortController ? ' Pass its `signal`.' : '';
    throw optionError(`Expected \`signal\` to be an AbortSignal, got ${describeValue(signal)}.${hint}`);
  }
  if (options.pool !== undefined && options.workers !== undefined) {
    throw optionError('Expected `pool` or `workers`, got both: a pool has its own number of workers.');
  }
}

export function assertRetries(retries: unknown): void {
  if (retries === undefined) return;
  if (typeof retries === 'object' && retries !== null) {
    assertKnown(retries, ['retries', 'delay', 'when']);
    const { retries: most, delay, when } = retries as { [key: string]: unknown };
    assertTries(most);
    if (typeof delay !== 'function') assertMilliseconds(delay, 'retries.delay', 0);
    assertFunction(when, 'retries.when', 'a function from an error to a boolean');
    return;
  }
  assertTries(retries);
}

function assertTries(tries: unknown): void {
  if (Number.isInteger(tries) && (tries as number) >= 0) return;
  throw optionError(
    `Expected \`retries\` to be a whole number from 0, or { retries, delay, when }, got ${describeValue(tries)}.`,
  );
}

export function resolveJournal(journal: CallOptions['journal']): JournalSettings | undefined {
  if (journal === undefined) return undefined;
  const options = typeof journal === 'string' || journal instanceof URL ? { path: journal } : journal;
  const { path, onMismatch = 'refuse', retryFailed = false } = options;
  return { path: path instanceof URL ? fileURLToPath(path) : path, onMismatch, retryFailed };
}

export function assertJournal(journal: unknown): void {
  if (journal === undefined || isPath(journal)) return;
  if (typeof journal !== 'object' || journal === null || journal instanceof URL)
    throw describePath('journal', journal);
  assertKnown(journal, ['path', 'onMismatch', 'retryFailed']);
  const { path, onMismatch, retryFailed } = journal as { [key: string]: unknown };
  if (!isPath(path)) throw describePath('journal.path', path);
  if (onMismatch !== undefined && onMismatch !== 'refuse' && onMismatch !== 'restart') {
    throw optionError(
      `Expected \`journal.onMismatch\` to be 'refuse' or 'restart', got ${describeValue(onMismatch)}.`,
    );
  }
  assertBoolean(retryFailed, 'journal.retryFailed');
}

function isPath(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || (value instanceof URL && value.protocol === 'file:');
}

function describePath(name: string, value: unknown): TypeError {
  return optionError(
    `Expected \`${name}\` to be a path such as './run.journal', or { path, onMismatch, retryFailed }, got ${describeValue(value)}.`,
  );
}
