import type { EncodedFormat, RecordFormat } from '../../bytes/format.ts';
import type { MemberReads, TaskDefinition } from '../../task/definition/definition.ts';

/** Stages of a pipeline that a worker runs one after the other on each item, without a trip in between. */
export interface ChainDefinition {
  readonly kind: 'chain';
  /** Format of the items where these are blocks, which become records first. */
  readonly decode: RecordFormat | undefined;
  readonly stages: readonly ChainStage[];
  readonly collect: CollectDefinition;
  /** Fields that the functions read of rows that are objects in a format; `undefined` where that is not known. */
  readonly reads: RowReads | undefined;
}

/** Facts about the functions that see the rows of a table. */
export interface RowReads {
  /** Reads of the first stages: of as many as see the rows, one after the other, and say what they read. */
  readonly stages: readonly MemberReads[];
  /** Reads of the functions that fold the rows, by their names; `undefined` where they see none, or do not say. */
  readonly collect: Readonly<Record<string, MemberReads>> | undefined;
  /** Whether rows go on, or are kept, behind all of these: then they are made whole there. */
  readonly isWholeBehind: boolean;
}

export interface ChainStage {
  /** Meaning of the function's result: that of any task, whether the item stays, or several items in its place. */
  readonly kind: 'task' | 'filter' | 'flatMap';
  readonly task: TaskDefinition;
  readonly retry: StageRetry | undefined;
  /** Whether a failure of the stage leaves the item out, instead of ending the run. */
  readonly isDropping: boolean;
  readonly isTimed: boolean;
}

/** Rules for trying a stage again on the worker. */
export interface StageRetry {
  readonly most: number;
  /** Wait before the next try, in ms, or a function of the number of tries so far. */
  readonly delay: number | TaskDefinition;
  readonly when: TaskDefinition | undefined;
}

/** The use of what leaves the last stage, chunk by chunk. */
export type CollectDefinition = CollectKind & {
  /** Whether a result that cannot be taken is left out, instead of ending the run. */
  readonly isDropping: boolean;
};

type CollectKind =
  | { readonly kind: 'values' }
  | { readonly kind: 'bytes'; readonly format: EncodedFormat }
  | { readonly kind: 'count' }
  | { readonly kind: 'reduce'; readonly init: TaskDefinition; readonly step: TaskDefinition }
  | {
      readonly kind: 'groupBy';
      readonly key: TaskDefinition;
      readonly init: TaskDefinition;
      readonly step: TaskDefinition;
      /** Number that the hashes of the run's keys begin with. */
      readonly seed: number;
    }
  | {
      readonly kind: 'topK';
      readonly count: number;
      readonly by: TaskDefinition;
      /** Number of the run, so that no two runs have one definition, and what a worker remembers with it. */
      readonly seed: number;
      /** Whether all that workers fold counts in the end: what enough others outrank need not be sent. */
      readonly isFinal: boolean;
    }
  | {
      readonly kind: 'distinct';
      readonly by: TaskDefinition | undefined;
      readonly seed: number;
      /** Whether only the number of items counts, and not the items. */
      readonly isCounted: boolean;
    };
