import {
  assertBoolean,
  assertCount,
  assertFunction,
  assertKnown,
  assertMilliseconds,
  assertTimeLimit,
  copyOptions,
  optionError,
} from '../../options/check.ts';
import { describeValue } from '../../errors/describe.ts';
import type { WorkerError } from '../../errors/item-errors.ts';
import type { ResourceLimits } from '../../options/pool-options.ts';
import { assertResourceLimits } from '../../options/resource-limits.ts';

/** Limits and delays for making an object anew whose thread has died. */
export interface RestartOptions {
  /** The most restarts in any stretch of `within` ms, from 1. `@defaultValue` 3 */
  readonly max?: number | undefined;
  /** Length of the stretch in which restarts are counted, in milliseconds. `@defaultValue` 60,000 */
  readonly within?: number | undefined;
  /**
   * Milliseconds to wait before a restart, or a function of how many there were within the last `within` ms, this one
   * included. `@defaultValue` 100, and twice as long each time, a random part of it less
   */
  readonly backoff?: number | ((restarts: number) => number) | undefined;
}

/** A fresh object has taken the place of one whose thread died. */
export interface RestartEvent {
  /** Position of the object in its group, from 0. */
  readonly instance: number;
  /** Number of restarts of the object so far, this one included. */
  readonly restarts: number;
  /** The end of the thread before, as an error. */
  readonly error: WorkerError;
}

/** Options of `spawn`. `Arguments` are those of the object's methods. */
export interface SpawnOptions<Arguments extends readonly unknown[] = readonly unknown[]> {
  /** Number of objects to make, each on a thread of its own, from 1. `@defaultValue` 1 */
  readonly instances?: number | undefined;
  /**
   * Picks the object of a call by its arguments: calls of the same key (text, a number, a boolean) go to the same
   * object. Calls of the key `undefined`, and reads of properties, go where fewest calls are pending. Where methods
   * take different arguments, write down the type of those that have a key: `(order: Order) => order.customer`.
   * `@defaultValue` none
   */
  key?(this: void, ...args: Arguments): string | number | bigint | boolean | undefined;
  /** Makes a fresh object when the thread has died. `@defaultValue` never: all further calls reject */
  readonly restart?: RestartOptions | undefined;
  /** Called when a fresh object is there. */
  readonly onRestart?: ((event: RestartEvent) => void) | undefined;
  /**
   * Whether calls that were pending when the thread died are repeated on the fresh object, instead of rejected. Calls
   * that have begun to stream, that were handed buffers, or that read an iterator never are. `@defaultValue` false
   */
  readonly idempotent?: boolean | undefined;
  /** Stops the thread at once when it fires, whatever it is doing: pending calls reject with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Limits of the thread's V8 heap and stack, as `new Worker` takes them. `@defaultValue` those of Node */
  readonly resourceLimits?: ResourceLimits | undefined;
  /**
   * Milliseconds, from 1, in which the thread has to start and the object to be made. After them the thread is ended,
   * and `spawn` rejects; a restart has failed. `Infinity` waits as long as it takes. `@defaultValue` 30,000
   */
  readonly startTimeout?: number | undefined;
  /**
   * Milliseconds, from 1, that closing waits for pending calls and for the object's own disposal, both together. After
   * them the thread is ended, what is pending rejects, and so does the closing. `Infinity` waits as long as it takes.
   * `@defaultValue` 30,000
   */
  readonly closeTimeout?: number | undefined;
}

const OPTIONS = [
  'instances',
  'key',
  'restart',
  'onRestart',
  'idempotent',
  'signal',
  'resourceLimits',
  'startTimeout',
  'closeTimeout',
] as const;

/** Checks the options of `spawn`, and returns a copy of them, which is the object's own. */
export function takeSpawnOptions(given: SpawnOptions<never> | undefined): SpawnOptions<never> {
  const options = copyOptions(given, OPTIONS);
  assertCount(options.instances, 'instances');
  assertFunction(options.key, 'key', 'a function from the arguments of a call to a key');
  assertFunction(options.onRestart, 'onRestart', 'a function');
  assertBoolean(options.idempotent, 'idempotent');
  const signal: unknown = options.signal;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    const hint = signal instanceof AbortController ? ' Pass its `signal`.' : '';
    throw optionError(`Expected \`signal\` to be an AbortSignal, got ${describeValue(signal)}.${hint}`);
  }
  assertTimeLimit(options.startTimeout, 'startTimeout');
  assertTimeLimit(options.closeTimeout, 'closeTimeout');
  assertResourceLimits(options.resourceLimits);
  const restart: unknown = options.restart;
  if (restart !== undefined && (typeof restart !== 'object' || restart === null)) {
    throw optionError(
      `Expected \`restart\` to be an object such as { max: 3, within: 60_000 }, got ${describeValue(restart)}.`,
    );
  }
  if (options.restart !== undefined) {
    const { max, within, backoff } = options.restart;
    assertKnown(options.restart, ['max', 'within', 'backoff']);
    assertCount(max, 'restart.max');
    assertMilliseconds(within, 'restart.within');
    if (typeof backoff !== 'function') assertMilliseconds(backoff, 'restart.backoff', 0);
  } else if (options.idempotent === true) {
    throw optionError('`idempotent` repeats calls after a restart: give `restart` as well.');
  }
  return options;
}
