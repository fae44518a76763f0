import type { Isolation } from '../../../src/options/pool-options.ts';

/** Behaviour of a task with its item. Each but the plain ones behaves from try `until` on; 99 is never. */
export type Act =
  | { readonly act: 'give' }
  | { readonly act: 'later'; readonly ms: number }
  | { readonly act: Fault; readonly until: number }
  | { readonly act: 'uncloneable' | 'skip' | 'stop' | 'stray' }
  | { readonly act: 'yield'; readonly count: number; readonly end: 'return' | 'stop' | 'throw' };

/** Ways to fail that another try may get over. `hang` waits for ever, `loop` does so without letting go of its thread. */
export type Fault = 'throw' | 'reject' | 'exit' | 'hang' | 'loop' | 'obey';

/** The items of a call: all are given, but for those that have an act. */
export interface Items {
  readonly length: number;
  readonly acts: readonly (readonly [position: number, act: Act])[];
  /** Numbers, objects and texts cross each in their own way. */
  readonly payload: 'numbers' | 'objects' | 'texts' | 'mixed';
}

export interface Input {
  readonly as: 'array' | 'generator' | 'async' | 'stream' | 'promises' | 'typed';
  /** The pull at which the source throws. */
  readonly failsAt?: number | undefined;
}

/** When the signal of a call fires: before it, at this pull, or so many ms after it began. */
export type Abort =
  | { readonly at: 'before' }
  | { readonly at: 'pull'; readonly pull: number }
  | { readonly at: 'time'; readonly ms: number };

export interface Options {
  readonly chunkSize?: number | undefined;
  readonly retries: number;
  /** Retries as functions: `when` lets only errors of tasks be tried again. */
  readonly retryRules: boolean;
  /** In ms; far from what a healthy item takes on a busy machine. */
  readonly timeout?: number | undefined;
  readonly listens: boolean;
  readonly abort?: Abort | undefined;
  readonly journal: boolean;
  /**
   * The pool of the group; `'shared'` for `workers: 2`, `'own'` for more workers than the shared pool has, or a pool that
   * the program makes, and closes once the call is over, or by force so many ms after it began.
   */
  readonly pool: number | 'shared' | 'own' | OwnPool;
}

export interface OwnPool {
  readonly spec: PoolSpec;
  readonly forcedAfter?: number | undefined;
}

/** Behaviour of the reader of an iterable. */
export interface Reading {
  readonly leavesAfter?: number | undefined;
  readonly throws: boolean;
  readonly isSlow: boolean;
}

interface Work {
  readonly items: Items;
  readonly input: Input;
  readonly options: Options;
}

export interface MapCall extends Work {
  readonly kind: 'map' | 'settled';
  readonly cost: boolean;
}

export interface IterableCall extends Work {
  readonly kind: 'iterable';
  readonly ordered: boolean;
  readonly reading: Reading;
}

export interface PipelineCall extends Work {
  readonly kind: 'pipeline';
  /** A stage on the event loop in front: how many calls at once, and which positions it throws at, until which try. */
  readonly io?:
    | { readonly concurrency: number; readonly throws: readonly number[]; readonly until: number }
    | undefined;
  /** A second stage on the workers, fused with the first. */
  readonly isFused: boolean;
  readonly onError: boolean;
  readonly end: 'toArray' | 'iterate' | 'run' | 'count' | 'reduce' | 'forEach';
  readonly reading: Reading;
}

export type Step =
  | { readonly step: 'add'; readonly by: number }
  | { readonly step: 'total' }
  | { readonly step: 'throw' }
  | { readonly step: 'uncloneable' }
  | { readonly step: 'exit' }
  | { readonly step: 'hang' }
  | { readonly step: 'stream'; readonly count: number; readonly leavesAfter?: number | undefined }
  | { readonly step: 'callback'; readonly count: number }
  | { readonly step: 'feed'; readonly count: number };

export interface SpawnCall {
  readonly kind: 'spawn';
  readonly steps: readonly Step[];
  readonly restart: boolean;
  /** Calls that were pending at a death are made again. */
  readonly idempotent: boolean;
  /** Whether it is closed while calls are pending and streams are open, or after, or ended by its signal. */
  readonly end: 'close' | 'close early' | 'abort';
}

/** A call of `run` for each item. */
export interface RunCall extends Pick<Work, 'items' | 'options'> {
  readonly kind: 'run';
  /** Number of calls that are made at once. */
  readonly burst: number;
  /** Whether each call gives its task a value from below. */
  readonly hasStore: boolean;
  /** Whether each task makes the call that counts, in turn. */
  readonly isNested: boolean;
}

export type Program = MapCall | IterableCall | PipelineCall | SpawnCall | RunCall;

export interface PoolSpec {
  readonly isolate: Isolation;
  readonly workers: number;
  readonly maxItemsPerWorker?: number | undefined;
  /** Calls that may wait: for pools of programs of `run` alone. */
  readonly maxQueue?: number | undefined;
}

/** Programs that run at once, on pools that they share. */
export interface Group {
  readonly pools: readonly PoolSpec[];
  readonly programs: readonly Program[];
}
