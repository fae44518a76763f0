import type { EncodedThrown } from '../values/error.ts';
import type { Packed } from '../pack/pack.ts';

/** What the stages of a pipeline made of one chunk. */
export interface Payload {
  readonly collected: Collected;
  /** Items, or records of a block, that a stage left out because it failed on them; in order. */
  readonly dropped: readonly StageFailure[];
  /** How many items entered each stage, and how many tries beyond the first it took. */
  readonly entered: readonly number[];
  readonly retried: readonly number[];
  /** How many a stage left out on purpose. */
  readonly skipped: number;
  /** Of blocks: their records, and their lines. */
  readonly records: number;
  readonly lines: number;
  /** Of blocks: how many of their bytes were read. What is behind them has no outcome yet. */
  readonly decoded: number;
  /** The worker has left the rest of a block, since it took too long. */
  readonly isCut: boolean;
}

export type Collected =
  | { readonly kind: 'values'; readonly values: Packed; readonly count: number }
  | {
      readonly kind: 'bytes';
      readonly bytes: Uint8Array;
      readonly count: number;
      /** Those that the format took from its first record. */
      readonly columns: readonly string[] | undefined;
    }
  /** The state of a `reduce`, `count`, … over this chunk alone. */
  | { readonly kind: 'folded'; readonly state: Packed; readonly count: number };

/** A stage failed on one item; or it is `lost`: a worker died on that record before, as the main thread knows. */
export interface StageFailure {
  /** The offset of the item in its chunk. */
  readonly at: number;
  readonly stage: number;
  readonly attempts: number;
  readonly reason: 'thrown' | 'timeout' | 'malformed' | 'uncloneable' | 'lost';
  readonly thrown: EncodedThrown;
  /** Where an uncloneable value stands in the result. */
  readonly path: string | undefined;
  /** Of a record in a block: its line (from 0, in the block), the column of what is wrong (from 1), and its text. */
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
