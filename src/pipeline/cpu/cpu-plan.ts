import type { CallSite } from '../../flow/failure/failures.ts';
import type { TelarError } from '../../errors/telar-error.ts';
import type { Source } from '../../flow/source/source.ts';
import type { RunSummary } from '../../progress/summary.ts';
import type { ChainDefinition } from '../../wire/message/chain.ts';
import type { WorkerPool } from '../../options/worker-pool.ts';
import type { Tracking } from '../position/position.ts';
import type { Policy } from '../stage/letters.ts';
import type { StageCount } from '../stage/tally.ts';

/** A stage as the main thread knows it. */
export interface CpuStage {
  readonly count: StageCount;
  readonly policy: Policy;
  /** Tries beyond the first when a worker dies on an item in this stage. */
  readonly retries: number;
  /** In ms. */
  readonly timeout: number | undefined;
}

/** A group of stages that share each trip. */
export interface CpuPlan {
  readonly source: Source;
  readonly define: () => Promise<ChainDefinition>;
  /** What the time of an item is remembered by, from one run to the next. */
  readonly key: object;
  readonly stages: readonly CpuStage[];
  /** What reads the records, where the source has blocks; what writes the results, where the sink has bytes. */
  readonly decoding: CpuStage | undefined;
  readonly encoding: CpuStage | undefined;
  readonly pool: WorkerPool;
  readonly workers: number | undefined;
  readonly chunkSize: number | undefined;
  readonly callSite: CallSite;
  /** Items have entered; `undefined` where another stage counts them. */
  readonly onItems: ((count: number) => void) | undefined;
  readonly onSkipped: (count: number) => void;
  /** A record could not be read, and no policy asks for it. */
  readonly onUnheard: (error: TelarError) => void;
  readonly onSummary: (summary: RunSummary) => void;
  readonly tracking: Tracking | undefined;
  /** Whether its portions leave the pipeline, whole. */
  readonly isLast: boolean;
}
