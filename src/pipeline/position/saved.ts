import type { JournalRecord } from '../../journal/lines/line.ts';
import type { ItemsPosition } from './position.ts';
import type { Point } from './tracker.ts';

/** State that a journal keeps of a run that can go on: where it stands, and what its sinks need for that. */
export interface Saved {
  readonly point: Point;
  /** Number of items of the source that are behind the run. */
  readonly done: number;
  /** Items that were read of the source, where it gives items; `isWhole` says whether those are all of it. */
  readonly read: ItemsPosition | undefined;
  readonly isWhole: boolean;
  /** State that each sink of dead letters needs to go on. */
  readonly letters: readonly unknown[];
  /** State that the sink needs to go on. */
  readonly sink: unknown;
}

/**
 * State of a run as a record of its journal. With `ended` all was taken, and what is left to do is to end the sinks.
 */
export interface SavedRecord extends JournalRecord, Saved {
  readonly type: 'point' | 'ended';
}

/** State that a sink may keep with its results: what the journal says then, but for what it says of that sink. */
export type KeptPoint = Omit<SavedRecord, 'sink'>;

/** Content of a journal that was opened. */
export class RecalledPoint {
  saved: Saved | undefined;
  /** True when nothing but the ends of the sinks was left to do; `isComplete` when not even that was. */
  isEnded = false;
  isComplete = false;

  add(record: JournalRecord): void {
    if (record.type === 'point' || record.type === 'ended') {
      this.saved = record as SavedRecord;
      this.isEnded = record.type === 'ended';
    } else if (record.type === 'end') this.isComplete = true;
  }
}
