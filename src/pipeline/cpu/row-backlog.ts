import type { Chunk } from '../../flow/chunk/chunk.ts';
import { Backlog } from '../../flow/launch/backlog.ts';
import type { Window } from '../../flow/launch/window.ts';
import type { Segment } from '../../flow/outcome/segment.ts';
import type { Run } from '../../flow/run/run.ts';

/**
 * Results that may be rows whose columns the first one decides. One chunk is on its way until that row has come, and no
 * part of it on another worker: else the columns would be those of the row that a worker happens to begin with.
 */
export class RowBacklog extends Backlog {
  /** Header that chunks are told; `undefined` where results are no such rows. */
  header: Chunk['header'];
  #run: Run | undefined;
  /** Number of items that have come back, those before the first of all included, as long as that counts. */
  #delivered: number;

  /** @param first - Position of the first item. */
  constructor(window: Window, first: number, needsHeader: boolean) {
    super(window);
    this.#delivered = first;
    if (needsHeader) this.header = 'undecided';
  }

  override attach(run: Run): void {
    this.#run = run;
    super.attach(run);
  }

  override room(): number {
    const isOnWay = (this.#run?.supply.pulled ?? 0) > this.#delivered;
    return this.header === 'undecided' && isOnWay ? 0 : super.room();
  }

  /** Looks for the first row in what has come back. */
  look({ values, payload }: Segment): void {
    if (this.header !== 'undecided') return;
    this.#delivered += values.length;
    const collected = payload?.collected;
    if (collected?.kind === 'bytes' && collected.count > 0) this.header = collected.columns ?? null;
    // What is left of a block is not back before this turn ends, and comes before the next block.
    queueMicrotask(() => this.#run?.wake());
  }
}
