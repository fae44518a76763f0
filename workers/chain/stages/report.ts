import { encodeThrown } from '../../../src/wire/values/error.ts';
import type { RecordPlace, StageFailure } from '../../../src/wire/message/payload.ts';
import type { ChunkHost } from '../../item/outcomes.ts';
import type { Stage } from './stage.ts';

/**
 * Finds the place of the record that is being run, and of what is wrong in a malformed one; `undefined` for items that
 * are no records.
 */
export type FindPlace = (thrown: unknown, isMalformed: boolean) => RecordPlace | undefined;

/** Report on one chunk, beside the results of its items. */
export class ChainReport {
  host!: ChunkHost;
  dropped: StageFailure[] = [];
  entered: number[] = [];
  retried: number[] = [];
  skipped = 0;
  /** Whether a stage said that no later item counts. */
  isStopped = false;
  readonly #findPlace: FindPlace;

  constructor(findPlace: FindPlace) {
    this.#findPlace = findPlace;
  }

  /** Clears the report, as a chunk begins. */
  begin(host: ChunkHost, stages: readonly Stage[]): void {
    this.host = host;
    this.dropped = [];
    this.entered = stages.map(() => 0);
    this.retried = stages.map(() => 0);
    this.skipped = 0;
    this.isStopped = false;
  }

  /** Adds a failure, without any of the functions that tasks may have replaced. */
  drop(failure: StageFailure): void {
    this.dropped[this.dropped.length] = failure;
  }

  /** Describes a failure of the item, or of the record, that is being run. */
  describe(stage: number, attempts: number, reason: StageFailure['reason'], thrown: unknown): StageFailure {
    return {
      at: this.host.at,
      stage,
      attempts,
      reason,
      thrown: encodeThrown(reason === 'timeout' ? undefined : thrown),
      path: undefined,
      record: this.#findPlace(thrown, reason === 'malformed'),
    };
  }
}
