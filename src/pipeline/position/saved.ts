import type { JournalRecord } from '../../journal/lines/line.ts';
import type { ItemsPosition } from './position.ts';
import type { Point } from './tracker.ts';

/** What a journal keeps of a run that can go on: where it stands, and what its sinks need for that. */
export interface Saved {
  readonly point: Point;
  /** How many items of the source are behind it. */
  readonly done: number;
  /** What was read of the source, where it gives items; and whether that is all of it. */
  readonly read: ItemsPosition | undefined;
  readonly isWhole: boolean;
  /** What each sink of dead letters needs. */
  readonly letters: readonly unknown[];
  /** What the sink needs. */
  readonly sink: unknown;
}

/** `ended`: all was taken, and what is left to do is to end the sinks. */
export interface SavedRecord extends JournalRecord, Saved {
  readonly type: 'point' | 'ended';
}

/** What a sink may keep with its results: what the journal says then, but for what it says of that sink. */
export type KeptPoint = Omit<SavedRecord, 'sink'>;

/** What is in a journal that was opened. */
export class Recalled {
  saved: Saved | undefined;
  /** Whether nothing but the ends of the sinks was left to do, or not even that. */
  isEnded = false;
  isComplete = false;

  add(record: JournalRecord): void {
    if (record.type === 'point' || record.type === 'ended') {
      this.saved = record as SavedRecord;
      this.isEnded = record.type === 'ended';
    } else if (record.type === 'end') this.isComplete = true;
  }
}
