import type { DeadLetterSink } from './dead-letters.ts';
import type { ResolvedSpill } from './keyed-options.ts';
import type { BatchOptions, CpuOptions, IoOptions } from './stage-options.ts';

/** A step of a pipeline, as it was asked for. */
export type Spec = IoSpec | CpuSpec | GroupSpec | DistinctSpec | BatchSpec | TapSpec | ErrorSpec;

export interface IoSpec {
  readonly kind: 'io';
  readonly fn: (item: never, index: number, context: never) => unknown;
  readonly options: IoOptions;
}

export interface CpuSpec {
  readonly kind: 'cpu';
  readonly call: 'task' | 'filter' | 'flatMap';
  readonly task: Function;
  readonly options: CpuOptions;
}

/** Values by which items are told apart: objects are others on each thread. */
export type Key = string | number | bigint | boolean | null | undefined;

/** Functions that make one value of many items: `step` on the workers, for each chunk; `merge` then, in input order. */
export interface Fold<T, A> {
  /** Makes the state before the first item. Called for each chunk. */
  readonly init: () => A;
  /** Returns the state with one more item. May change and return the state that it is given. */
  readonly step: (state: A, item: T) => A;
  /** Joins the states of two neighbouring stretches. Where `merge` is associative, results depend on nothing else. */
  readonly merge: (before: A, after: A) => A;
}

/** Functions that fold what each worker sees, and what all of them saw. */
export interface FoldSpec {
  readonly init: () => unknown;
  readonly step: (state: never, item: never) => unknown;
  readonly merge: (before: never, after: never) => unknown;
}

export interface GroupSpec {
  readonly kind: 'groupBy';
  readonly key: (item: never) => unknown;
  readonly fold: FoldSpec;
  readonly spill: ResolvedSpill | undefined;
}

export interface DistinctSpec {
  readonly kind: 'distinct';
  readonly by: ((item: never) => unknown) | undefined;
  readonly spill: ResolvedSpill | undefined;
}

export interface BatchSpec {
  readonly kind: 'batch';
  readonly options: BatchOptions;
}

export interface TapSpec {
  readonly kind: 'tap';
  readonly fn: (item: never) => unknown;
}

/** Treatment of the failures of the stages before it, back to the last of its kind. */
export interface ErrorSpec {
  readonly kind: 'onError';
  readonly sink: DeadLetterSink;
}
