import type { EncodedThrown } from '../values/error.ts';
import type { StageFailure } from './payload.ts';

/**
 * The outcome of one item that did not simply return a value. Items without one succeeded, so the usual chunk
 * carries none at all.
 */
export type EncodedOutcome =
  | { readonly at: number; readonly kind: 'failed'; readonly thrown: EncodedThrown }
  /** A stage of a pipeline failed, whose policy is to stop. What was collected before it counts. */
  | { readonly at: number; readonly kind: 'stage-failed'; readonly failure: StageFailure }
  /** The result cannot cross; `path` says where in it. */
  | { readonly at: number; readonly kind: 'uncloneable'; readonly path: string; readonly reason: string }
  | { readonly at: number; readonly kind: 'skipped' }
  | { readonly at: number; readonly kind: 'stopped' }
  /** The task was a generator: the value is the array of what it yielded; `stopped` when it yielded `stop`. */
  | { readonly at: number; readonly kind: 'expanded'; readonly stopped: boolean };

/** A task returns or yields this for "no result here". A registered symbol: the same in every thread and copy. */
export const skip: unique symbol = Symbol.for('telar.skip') as never;

/** A task returns or yields this for "no result here, nor for any later item". */
export const stop: unique symbol = Symbol.for('telar.stop') as never;
