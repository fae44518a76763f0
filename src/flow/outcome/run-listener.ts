import type { RemoteCounts } from '../../progress/summary.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';
import type { Chunk } from '../chunk/chunk.ts';
import type { Supply } from '../chunk/supply.ts';
import type { Segment } from './segment.ts';
import type { RunCounts } from './run-counts.ts';

/**
 * The way in which a run ended: all items of the input have their outcome; an item said `stop`, and those before it
 * have theirs; its reader has left; or it was cut off by a failure or a signal.
 */
export type RunEnd = 'ended' | 'stopped' | 'left' | 'failed';

/** The part of a run that is left at its end: what it has pulled, and what became of that. */
export interface EndedRun {
  readonly supply: Supply;
  readonly counts: RunCounts;
  readonly definition: WorkDefinition | undefined;
  /** Counts of a run on other machines. */
  readonly remote: RemoteCounts | undefined;
}

/**
 * Hears of the steps of a run, each of which it may leave out: a progress bar is one, a journal is another. What
 * `begun`, `changed` and `ended` throw is the failure of the run.
 */
export interface RunListener {
  /**
   * Hears of each chunk before a worker has it, where items that end their worker are tried again in a process:
   * elsewhere, the program may well end with that worker, and nobody could do better the next time.
   */
  begun?(chunk: Chunk): void;
  /** Hears of each outcome when it comes, before it is delivered. */
  settled?(segment: Segment): void;
  /** Hears that items have their outcome, from this run or an earlier one. */
  changed?(): void;
  /** Hears that the run is over; the run settles when this has. */
  ended?(run: EndedRun, how: RunEnd): Promise<void> | void;
}
