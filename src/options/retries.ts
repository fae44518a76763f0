import { assertFunction, assertKnown, assertMilliseconds, optionError } from './check.ts';
import { LONGEST_DELAY } from '../async/backoff.ts';
import { describeReturned, isLatePromise } from './arguments.ts';
import { describeValue } from '../errors/describe.ts';
import type { TelarError } from '../errors/telar-error.ts';

/** Rules for trying failed items again. */
export interface RetryOptions {
  /** Tries beyond the first. From 0. */
  readonly retries: number;
  /** Milliseconds before the next try, or a function of the number of tries so far. `@defaultValue` 0 */
  readonly delay?: number | ((attempts: number) => number) | undefined;
  /** Tells whether to try again after an error. Runs on the calling thread. `@defaultValue` always */
  readonly when?: ((error: TelarError) => boolean) | undefined;
}

export interface RetryPolicy {
  readonly most: number;
  readonly delay: (attempts: number) => number;
  readonly when: (error: TelarError) => boolean;
}

export function resolveRetries(retries: number | RetryOptions | undefined): RetryPolicy {
  const options = typeof retries === 'object' ? retries : { retries: retries ?? 0 };
  const { delay = 0, when } = options;
  return {
    most: options.retries,
    delay: typeof delay === 'function' ? (attempts) => limitDelay(delay(attempts)) : (): number => delay,
    when: when === undefined ? (): boolean => true : (error) => readVerdict(when(error)),
  };
}

/** Returns a delay that a timer can have: beyond the longest one, it would fire at once. */
function limitDelay(delay: unknown): number {
  if (typeof delay === 'number' && !Number.isNaN(delay)) return Math.min(delay, LONGEST_DELAY);
  throw optionError(`Expected \`retries.delay\` to return milliseconds, got ${describeReturned(delay)}.`);
}

/** Reads whether to try again. A promise is no answer, and would always mean yes. */
function readVerdict(verdict: unknown): boolean {
  if (!isLatePromise(verdict)) return Boolean(verdict);
  throw optionError('Expected `retries.when` to return at once whether to try again, got a promise.');
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
