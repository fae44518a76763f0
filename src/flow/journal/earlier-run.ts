import type { JournalRecord } from '../../journal/lines/line.ts';
import type { Outcome, Segment } from '../outcome/segment.ts';
import { sliceSegment } from '../outcome/segment.ts';
import type { InputRangeRecord } from './input-range.ts';
import type { RecalledItems } from './journal-source.ts';
import { decodeOutcomes, type OutcomeRecord } from './outcome-record.ts';

/** A known outcome: the segment that it was reported in, and its offset there. */
interface Known {
  readonly segment: Segment;
  readonly at: number;
}

export interface RecallPlan {
  /** True if items that failed then are to run again. */
  readonly retryFailed: boolean;
  /** Index of each item by the position at which it is pulled; `undefined` if items are pulled in input order. */
  readonly order: Float64Array | undefined;
}

/** The run before, as its journal holds it: work that this run need not do again. */
export class EarlierRun implements RecalledItems {
  readonly ranges: InputRangeRecord[] = [];
  /** Indices of items that were in flight when a program came to its end without closing its journal. */
  readonly suspects: Set<number> = new Set();
  total: number | undefined;
  /** True if an item of then said `stop`, so that the input may have more items than were taken. */
  isStopped = false;
  readonly #plan: RecallPlan;
  readonly #known = new Map<number, Known>();
  readonly #putKnown: (segment: Segment) => void;

  /** @param putKnown - Takes in outcomes that are known. */
  constructor(plan: RecallPlan, putKnown: (segment: Segment) => void) {
    this.#plan = plan;
    this.#putKnown = putKnown;
  }

  /** Takes in the next record of the journal. */
  add(record: JournalRecord): void {
    if (record.type === 'input') {
      this.ranges.push(record as InputRangeRecord);
    } else if (record.type === 'end') {
      const { total, isStopped = false } = record as JournalRecord & { total: number; isStopped?: boolean };
      this.isStopped = isStopped;
      this.total = isStopped ? undefined : total;
    } else if (record.type === 'begun') {
      for (const index of (record as JournalRecord & { indices: number[] }).indices) this.suspects.add(index);
    } else if (record.type === 'closed') {
      this.suspects.clear();
    } else if (record.type === 'outcomes') {
      this.#addOutcomes(decodeOutcomes(record as OutcomeRecord));
    }
  }

  has(position: number): boolean {
    return this.#known.has(this.#indexOf(position));
  }

  settle(from: number, count: number): void {
    for (let position = from; position < from + count;) {
      position += this.#settleNeighbours(this.#indexOf(position), from + count - position);
    }
  }

  #indexOf(position: number): number {
    return this.#plan.order?.[position] ?? position;
  }

  #addOutcomes(segment: Segment): void {
    for (let at = 0; at < segment.values.length; at++) {
      this.suspects.delete(segment.index + at);
      if (this.#plan.retryFailed && isFailed(segment.outcomes?.get(at))) continue;
      this.#known.set(segment.index + at, { segment, at });
    }
  }

  /** Puts the known outcomes from an index on, as far as they were reported together; returns how many. */
  #settleNeighbours(index: number, most: number): number {
    const { segment, at } = this.#known.get(index) as Known;
    let count = 0;
    while (count < most) {
      const next = this.#known.get(index + count);
      if (next === undefined || next.segment !== segment || next.at !== at + count) break;
      this.#known.delete(index + count);
      count++;
      // If items are pulled in another order, the next position has another index.
      if (this.#plan.order !== undefined) break;
    }
    this.#putKnown(sliceSegment(segment, at, at + count));
    return count;
  }
}

function isFailed(outcome: Outcome | undefined): boolean {
  return outcome?.kind === 'failed';
}
