import { describeValue } from './describe.ts';
import type { TelarError } from './errors.ts';
import type { Progress } from './progress.ts';
import type { RunSummary } from './summary.ts';
import type { WorkerPool } from './worker-pool.ts';

/** How failed items are tried again. */
export interface RetryOptions {
  /** Tries beyond the first. From 0. */
  readonly retries: number;
  /** Milliseconds before the next try, or a function of the number of tries so far. `@defaultValue` 0 */
  readonly delay?: number | ((attempts: number) => number) | undefined;
  /** Whether to try again after this error. Runs on the calling thread. `@defaultValue` always */
  readonly when?: ((error: TelarError) => boolean) | undefined;
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

/** Options of a `Pool`. */
export interface PoolOptions {
  /** Threads to run at most, from 1. `@defaultValue` one for each core that the process may use */
  readonly workers?: number | undefined;
  /** Limits of each thread's V8 heap and stack, as `new Worker` takes them. `@defaultValue` those of Node */
  readonly resourceLimits?: ResourceLimits | undefined;
  /** Milliseconds that the module of a task may take to load. `@defaultValue` 30,000 */
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

export interface RetryPolicy {
  readonly most: number;
  readonly delay: (attempts: number) => number;
  readonly when: (error: TelarError) => boolean;
}

const CALL_OPTIONS = [
  'workers',
  'pool',
  'chunkSize',
  'signal',
  'timeout',
  'retries',
  'progress',
  'onProgress',
  'onSummary',
] as const;
const MAP_OPTIONS = [...CALL_OPTIONS, 'cost'] as const;
const ITERABLE_OPTIONS = [...CALL_OPTIONS, 'ordered'] as const;
const POOL_OPTIONS = ['workers', 'resourceLimits', 'importTimeout', 'grace'] as const;

/** Names that other libraries have for what Telar has. */
const SYNONYMS: Readonly<Record<string, string>> = {
  concurrency: 'workers',
  threads: 'workers',
  maxThreads: 'workers',
  maxWorkers: 'workers',
  poolSize: 'workers',
  batchSize: 'chunkSize',
  chunksize: 'chunkSize',
  preserveOrder: 'ordered',
  order: 'ordered',
  abortSignal: 'signal',
  retry: 'retries',
  weight: 'cost',
};

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
  assertCount(options?.workers, 'workers');
  assertMilliseconds(options?.importTimeout, 'importTimeout');
  assertMilliseconds(options?.grace, 'grace', 0);
  const limits: unknown = options?.resourceLimits;
  if (limits !== undefined && (typeof limits !== 'object' || limits === null)) {
    throw new TypeError(
      `Expected \`resourceLimits\` to be an object such as { maxOldGenerationSizeMb: 512 }, got ${describeValue(limits)}.`,
    );
  }
}

export function resolveRetries(retries: number | RetryOptions | undefined): RetryPolicy {
  const options = typeof retries === 'object' ? retries : { retries: retries ?? 0 };
  const { delay = 0, when = (): boolean => true } = options;
  return { most: options.retries, delay: typeof delay === 'function' ? delay : (): number => delay, when };
}

function assertCallOptions(options: CallOptions): void {
  assertCount(options.workers, 'workers');
  assertCount(options.chunkSize, 'chunkSize');
  assertMilliseconds(options.timeout, 'timeout');
  assertRetries(options.retries);
  assertBoolean(options.progress, 'progress');
  assertFunction(options.onProgress, 'onProgress', 'a function');
  assertFunction(options.onSummary, 'onSummary', 'a function');
  const signal: unknown = options.signal;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    const hint = signal instanceof AbortController ? ' Pass its `signal`.' : '';
    throw new TypeError(`Expected \`signal\` to be an AbortSignal, got ${describeValue(signal)}.${hint}`);
  }
  if (options.pool !== undefined && options.workers !== undefined) {
    throw new TypeError('Expected `pool` or `workers`, got both: a pool has its own number of workers.');
  }
}

function assertRetries(retries: unknown): void {
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
  throw new TypeError(
    `Expected \`retries\` to be a whole number from 0, or { retries, delay, when }, got ${describeValue(tries)}.`,
  );
}

function assertKnown(options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Expected the options to be an object, got ${describeValue(options)}.`);
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const closest = findClosest(key, known);
    const hint =
      closest === undefined ? `Known options: ${known.join(', ')}.` : `Did you mean \`${closest}\`?`;
    throw new TypeError(`Unknown option \`${key}\`. ${hint}`);
  }
}

function findClosest(key: string, known: readonly string[]): string | undefined {
  const synonym = SYNONYMS[key];
  if (synonym !== undefined && known.includes(synonym)) return synonym;
  const ranked = known
    .map((name) => ({ name, distance: measureDistance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return ranked !== undefined && ranked.distance <= 2 ? ranked.name : undefined;
}

/** How many letters to insert, drop or change (Levenshtein). */
function measureDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function assertCount(value: unknown, name: string): void {
  if (value === undefined || (Number.isInteger(value) && (value as number) >= 1)) return;
  const error = typeof value === 'number' ? RangeError : TypeError;
  throw new error(`Expected \`${name}\` to be a whole number from 1, got ${describeValue(value)}.`);
}

function assertMilliseconds(value: unknown, name: string, least = 1): void {
  if (value === undefined || (typeof value === 'number' && value >= least && value <= 2 ** 31 - 1)) return;
  const error = typeof value === 'number' ? RangeError : TypeError;
  throw new error(`Expected \`${name}\` to be milliseconds from ${least}, got ${describeValue(value)}.`);
}

function assertBoolean(value: unknown, name: string): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new TypeError(`Expected \`${name}\` to be true or false, got ${describeValue(value)}.`);
}

function assertFunction(value: unknown, name: string, expected: string): void {
  if (value === undefined || typeof value === 'function') return;
  throw new TypeError(`Expected \`${name}\` to be ${expected}, got ${describeValue(value)}.`);
}
