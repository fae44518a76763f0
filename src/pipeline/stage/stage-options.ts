import {
  assertBoolean,
  assertCount,
  assertMilliseconds,
  copyOptions,
  optionError,
} from '../../options/check.ts';
import { describeValue } from '../../errors/describe.ts';
import { assertRate } from '../../limiter/pace.ts';
import { assertRetries, type RetryOptions } from '../../options/retries.ts';

/** Options of every stage that calls a function. */
export interface StageOptions {
  /** Name of the stage in errors and in the summary. `@defaultValue` the name of its function */
  readonly name?: string | undefined;
  /** Milliseconds that one item may take in this stage, each try anew. `@defaultValue` no limit */
  readonly timeout?: number | undefined;
  /** Number of times that an item which failed in this stage is tried again in it. `@defaultValue` 0 */
  readonly retries?: number | RetryOptions | undefined;
}

/** Options of a stage on the event loop. */
export interface IoOptions extends StageOptions {
  /** Number of calls that are pending at once, from 1. `@defaultValue` 16 */
  readonly concurrency?: number | undefined;
  /** Whether results leave in input order, or as they come. `@defaultValue` true */
  readonly ordered?: boolean | undefined;
  /** The most calls that begin in a second, or in each `interval` of milliseconds. `@defaultValue` no limit */
  readonly rate?: number | RateOptions | undefined;
}

/** No more than `limit` calls begin in any stretch of `interval` ms. */
export interface RateOptions {
  readonly limit: number;
  readonly interval: number;
}

/** Options of a stage on the workers. */
export interface CpuOptions extends StageOptions {
  /** Items in each message; of fused stages, the smallest holds. `@defaultValue` chosen so that a chunk takes 20 ms */
  readonly chunkSize?: number | undefined;
  /**
   * Number of calls that are pending at once, from 1: for methods of spawned objects. Tasks on the workers of a pool
   * have none, since each worker runs one item at a time. `@defaultValue` the number of instances
   */
  readonly concurrency?: number | undefined;
}

/** Options of grouping items. */
export interface BatchOptions {
  /** Items in each batch, from 1; the last may have fewer. */
  readonly size: number;
  /** Milliseconds after which a batch leaves with the items that it has. `@defaultValue` no limit */
  readonly maxWait?: number | undefined;
}

const STAGE_OPTIONS = ['name', 'timeout', 'retries'] as const;

/** Checks the options of a stage, and returns a copy of its own. */
export function takeIoOptions(options: IoOptions | undefined): IoOptions {
  // There is no `workers` here, which is what CPU-bound work has.
  const taken = copyOptions(options, [...STAGE_OPTIONS, 'concurrency', 'ordered', 'rate']);
  assertStageOptions(taken);
  assertCount(taken.concurrency, 'concurrency');
  assertBoolean(taken.ordered, 'ordered');
  assertRate(taken.rate);
  return taken;
}

/** Checks the options of a stage on the workers, and returns a copy of its own. */
export function takeCpuOptions(options: CpuOptions | undefined): CpuOptions {
  const taken = copyOptions(options, [...STAGE_OPTIONS, 'chunkSize', 'concurrency']);
  assertStageOptions(taken);
  assertCount(taken.chunkSize, 'chunkSize');
  assertCount(taken.concurrency, 'concurrency');
  return taken;
}

export function resolveBatch(batch: number | BatchOptions): BatchOptions {
  if (typeof batch === 'object' && batch !== null) {
    const taken = copyOptions(batch, ['size', 'maxWait']);
    assertSize(taken.size);
    assertMilliseconds(taken.maxWait, 'maxWait', 0);
    return taken;
  }
  assertSize(batch);
  return { size: batch };
}

function assertStageOptions({ name, timeout, retries }: StageOptions): void {
  if (name !== undefined && typeof name !== 'string') {
    throw optionError(`Expected \`name\` to be text, got ${describeValue(name)}.`);
  }
  assertMilliseconds(timeout, 'timeout');
  assertRetries(retries);
}

function assertSize(size: unknown): void {
  if (Number.isInteger(size) && (size as number) >= 1) return;
  throw optionError(
    `Expected batch() to get a whole number from 1, or { size, maxWait }, got ${describeValue(size)}.`,
  );
}
