import { assertFunction, assertKnown, assertMilliseconds, optionError } from './check.ts';
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
  const { delay = 0, when = (): boolean => true } = options;
  return { most: options.retries, delay: typeof delay === 'function' ? delay : (): number => delay, when };
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
