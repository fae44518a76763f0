import {
  CloneError,
  ItemError,
  type Settled,
  TaskError,
  TaskTimeoutError,
  type TelarError,
  WorkerError,
} from 'telar';
import { answerOf, notErrors } from '../tasks/misbehave.ts';
import type { FaultyItem } from './script.ts';

/** Outcome that one item must have. */
export interface Verdict {
  readonly status: 'fulfilled' | 'rejected';
  readonly attempts: number;
}

/** Predicts the outcome of an item with `retries` tries beyond the first. */
export function predict({ fault, healthyAt }: FaultyItem, retries: number): Verdict {
  if (fault === undefined || fault === 'strays') return { status: 'fulfilled', attempts: 1 };
  // A value that cannot be cloned is no more cloneable the second time.
  if (fault === 'returns-uncloneable') return { status: 'rejected', attempts: 1 };
  if (healthyAt <= retries + 1) return { status: 'fulfilled', attempts: healthyAt };
  return { status: 'rejected', attempts: retries + 1 };
}

/** Says what is wrong with an outcome, or nothing. */
export function findMisjudged(
  item: FaultyItem,
  outcome: Settled<unknown>,
  retries: number,
): string | undefined {
  const { status, attempts } = predict(item, retries);
  const name = `item ${item.id} (${item.fault ?? 'healthy'})`;
  if (outcome.status !== status) {
    const why = outcome.status === 'rejected' ? `: ${outcome.reason.message}` : '';
    return `${name} was ${outcome.status} instead of ${status}${why}`;
  }
  if (outcome.attempts !== attempts)
    return `${name} took ${outcome.attempts} attempts instead of ${attempts}`;
  if (outcome.status !== 'rejected') return undefined;
  const { reason } = outcome;
  if (!(reason instanceof ItemError) || reason.index !== item.id)
    return `${name} has the error of another: ${reason.message}`;
  return isErrorOf(item, reason) ? undefined : `${name} has the error ${reason.message}`;
}

/** Says whether a fulfilled outcome has another value than the item's own. */
export function isWrongValue(item: FaultyItem, outcome: Settled<unknown>): boolean {
  if (outcome.status !== 'fulfilled') return false;
  const { id, mixed } = outcome.value as { id?: unknown; mixed?: unknown };
  const right = answerOf(item.id);
  return id !== right.id || mixed !== right.mixed;
}

function isErrorOf({ fault, id }: FaultyItem, error: TelarError): boolean {
  switch (fault) {
    case 'throws': {
      const { cause } = error as { cause?: { code?: unknown; item?: unknown } };
      return (
        error instanceof TaskError &&
        cause instanceof RangeError &&
        cause.code === 'E_FAULT' &&
        cause.item === id
      );
    }
    case 'throws-no-error':
      return error instanceof TaskError && isSameThrown(error.cause, notErrors[id % notErrors.length]);
    case 'rejects':
      return (
        error instanceof TaskError &&
        error.cause instanceof SyntaxError &&
        'cause' in error.cause &&
        error.cause.cause === notErrors[id % 6]
      );
    case 'exits':
      return error instanceof WorkerError && error.reason === 'exit' && error.exitCode === id % 256;
    case 'loops':
    case 'hangs':
      return error instanceof TaskTimeoutError;
    case 'returns-uncloneable':
      return error instanceof CloneError && error.path === 'result.rows[1].onClick';
    case 'exhausts-heap':
      // On a busy machine the time may be up before the heap is full.
      return (
        (error instanceof WorkerError && error.reason === 'out-of-memory') ||
        error instanceof TaskTimeoutError
      );
    case 'strays':
    case undefined:
      return false;
  }
}

/** A thrown value crosses as itself, or as a text where it cannot. */
function isSameThrown(cause: unknown, thrown: unknown): boolean {
  if (typeof thrown === 'symbol') return cause instanceof Error && cause.message === String(thrown);
  if (typeof thrown === 'object' && thrown !== null) return (cause as { code?: unknown }).code === 7;
  return cause === thrown;
}
