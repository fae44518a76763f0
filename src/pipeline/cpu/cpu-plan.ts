import type { CallSite } from '../../flow/failure/failures.ts';
import type { TelarError } from '../../errors/telar-error.ts';
import type { Source } from '../../flow/source/source.ts';
import type { RunSummary } from '../../progress/summary.ts';
import type { ChainDefinition } from '../../wire/message/chain.ts';
import type { WorkerPool } from '../../options/worker-pool.ts';
import type { Tracking } from '../position/position.ts';
import type { ErrorPolicy } from '../stage/dead-letters.ts';
import type { StageCount } from '../stage/pipeline-counts.ts';

/** A stage as the main thread knows it. */
export interface CpuStage {
  readonly count: StageCount;
  readonly policy: ErrorPolicy;
  /** Tries beyond the first when a worker dies on an item in this stage. */
  readonly retries: number;
  /** Milliseconds that one item may take in this stage. */
  readonly timeout: number | undefined;
}

/** A group of stages that share each trip. */
export interface CpuPlan {
  readonly source: Source;
  readonly define: () => Promise<ChainDefinition>;
  /** Key by which the time of an item is remembered from one run to the next. */
  readonly key: object;
  readonly stages: readonly CpuStage[];
  /**
   * Stage that reads the records, where the source has blocks; `encoding` writes or folds the results, where they are
   * not given as values.
   */
  readonly decoding: CpuStage | undefined;
  readonly encoding: CpuStage | undefined;
  readonly pool: WorkerPool;
  readonly workers: number | undefined;
  readonly chunkSize: number | undefined;
  /** Value that the run gives to its tasks. */
  readonly store: unknown;
  readonly callSite: CallSite;
  /** Called when items have entered; `undefined` where another stage counts them. */
  readonly onItems: ((count: number) => void) | undefined;
  readonly onSkipped: (count: number) => void;
  /** Called when a record could not be read, and no policy asks for it. */
  readonly onUnheard: (error: TelarError) => void;
  readonly onSummary: (summary: RunSummary) => void;
  readonly tracking: Tracking | undefined;
  /** Whether nobody reads a portion any more when the next is asked for, so that its memory may be used again. */
  readonly freesBytes: boolean;
  /** Whether the first row decides the columns of all that come after. */
  readonly needsHeader: boolean;
  /** Whether the portions of this group leave the pipeline, whole. */
  readonly isLast: boolean;
}
