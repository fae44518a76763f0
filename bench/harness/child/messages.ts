import type { Sample } from '../time-once.ts';

/** Data with which the process of a contender is started. */
export interface ChildPlan {
  /** The module that exports the case, and the names of both. */
  readonly module: string;
  readonly case: string;
  readonly contender: string;
  readonly turns: number;
  /** The part of the case's items. */
  readonly part: number;
}

/** Requests to the process, one after the other. */
export type Ask =
  /** Runs once, and keeps the results. It warms up, too: the workers have started and have compiled the task. */
  | { readonly kind: 'warm' }
  /** Hashes the first `count` of the results that were kept. */
  | { readonly kind: 'digest'; readonly count: number }
  /** One of them, as text. */
  | { readonly kind: 'show'; readonly at: number }
  /** Runs once, timed. What was kept is dropped. */
  | { readonly kind: 'run' };

export interface Answers {
  readonly warm: number;
  readonly digest: string;
  readonly show: string;
  readonly run: Sample;
}

/** The process's answer, or the reason why there is none. */
export type Reply = { readonly value: unknown } | { readonly error: string };
