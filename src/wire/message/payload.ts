import type { EncodedThrown } from '../values/error.ts';
import type { Packed } from '../pack/pack.ts';

/** Results of the stages of a pipeline for one chunk. */
export interface Payload {
  readonly collected: Collected;
  /** Items, or records of a block, that a stage left out because it failed on them; in order. */
  readonly dropped: readonly StageFailure[];
  /** Numbers of the items that entered each stage, and of the tries beyond the first that it took. */
  readonly entered: readonly number[];
  readonly retried: readonly number[];
  /** Number of items that a stage left out on purpose. */
  readonly skipped: number;
  /** Numbers of the records, and of the lines, where items are blocks. */
  readonly records: number;
  readonly lines: number;
  /** Bytes that were read, where items are blocks. What is behind them has no outcome yet. */
  readonly decoded: number;
  /** Whether the worker has left the rest of a block, since that took too long. */
  readonly isCut: boolean;
  /** Milliseconds for which the worker had no core while it was at the blocks. */
  readonly delay: number;
}

export type Collected =
  | { readonly kind: 'values'; readonly values: Packed; readonly count: number }
  | {
      readonly kind: 'bytes';
      readonly bytes: Uint8Array;
      readonly count: number;
      /** Names of the columns that the format took from its first record. */
      readonly columns: readonly string[] | undefined;
      /** Whether the bytes stand in the memory that came with the chunk. */
      readonly isLent: boolean;
    }
  /** The state of a `reduce`, `count`, … over this chunk alone. */
  | { readonly kind: 'folded'; readonly state: Packed; readonly count: number };

/** The failure of a stage on one item; or a `lost` record, on which a worker died before, as the main thread knows. */
export interface StageFailure {
  /** The offset of the item in its chunk. */
  readonly at: number;
  readonly stage: number;
  readonly attempts: number;
  readonly reason: 'thrown' | 'timeout' | 'malformed' | 'uncloneable' | 'lost';
  readonly thrown: EncodedThrown;
  /** Path to an uncloneable value in the result. */
  readonly path: string | undefined;
  /** Place of a record in a block: its line (from 0, in the block), the column of what is wrong (from 1), its text. */
  readonly record: RecordPlace | undefined;
}

export interface RecordPlace {
  readonly index: number;
  readonly line: number;
  readonly column: number | undefined;
  readonly text: string;
}

/** Stages beside those of the chain, in `StageFailure.stage`: reading records, and writing results. */
export const DECODING = -1;
export const ENCODING = -2;
