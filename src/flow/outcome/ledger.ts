import type { Chunk } from '../chunk/chunk.ts';
import { Positions } from './positions.ts';
import type { RunListener } from './run-listener.ts';
import { Reorder } from './reorder.ts';
import { type Outcome, type Segment, sliceSegment } from './segment.ts';
import type { RunCounts } from './run-counts.ts';

/** Takes the outcomes of a run, and says how far its source may be read for that. */
export interface Receiver {
  deliver(segment: Segment): void;
  /** Returns how many more items may leave the source. `@defaultValue` no limit */
  room?(): number;
  /** Whether it has nothing at hand, and waits for an outcome. `@defaultValue` always */
  readonly isWaiting?: boolean;
}

/** Rules for the delivery of a run's outcomes. */
export interface DeliveryPlan {
  /** Whether outcomes are delivered in input order, or as they come. */
  readonly isOrdered: boolean;
  /**
   * Whether the taker of the outcomes puts them in order, and says what ends the run: then the run ends with its input.
   * `@defaultValue` false
   */
  readonly isOwnOrder?: boolean | undefined;
  /** Effect of a failed item: it ends the run at once, ends it in its turn, or is an outcome like any other. */
  readonly onFailure: 'reject' | 'reject-in-turn' | 'keep';
  /** Position of the first item: the items before it have their outcomes. */
  readonly first: number;
  readonly receiver: Receiver;
  /** Listeners in the order in which they are told of a step. */
  readonly listeners: readonly RunListener[];
}

/** Takes in one outcome for every position of the input, and only one; they leave in the order that was asked for. */
export class Ledger {
  readonly reorder: Reorder;
  /** Number of positions that have their outcome. */
  settled: number;
  /** A failure that ends the run now. */
  rejection: { readonly reason: unknown } | undefined;
  /** A failure that ends the run once all outcomes before it were delivered. */
  haltFailure: { readonly reason: unknown } | undefined;
  /** Position at and behind which nothing counts: an item there said `stop`, or failed. */
  #halt = Infinity;
  readonly #positions = new Positions();
  readonly #plan: DeliveryPlan;
  readonly #counts: RunCounts;

  constructor(plan: DeliveryPlan, counts: RunCounts) {
    this.#plan = plan;
    this.#counts = counts;
    this.settled = plan.first;
    this.reorder = new Reorder((segment) => this.#deliver(segment), plan.first);
  }

  /** Whether an item has said that no new items are wanted. */
  get isHalted(): boolean {
    return this.#halt !== Infinity;
  }

  /** Whether all outcomes that count before a halt were delivered. */
  get isDone(): boolean {
    if (!this.isHalted) return false;
    if (this.#plan.isOwnOrder === true) return this.settled >= this.#halt;
    return !this.#plan.isOrdered || this.reorder.next >= this.#halt;
  }

  put(segment: Segment): void {
    for (const listener of this.#plan.listeners) listener.settled?.(segment);
    this.#accept(segment);
  }

  /** Puts in outcomes of an earlier run. */
  putKnown(segment: Segment): void {
    this.#counts.resumed += segment.values.length;
    this.#accept(segment);
  }

  /**
   * Returns what is wrong with the books at the end of an input of `end` items; `undefined` when every position has its
   * outcome.
   */
  findDifference(end: number): string | undefined {
    const { first } = this.#plan;
    if (this.settled !== end)
      return `${end - first} items were sent, and ${this.settled - first} outcomes came`;
    if (!this.#positions.are(first, end))
      return 'the outcome of one item came twice, and that of another never';
    return undefined;
  }

  #accept(segment: Segment): void {
    this.#positions.add(segment.index, segment.values.length);
    this.settled += segment.values.length;
    this.#counts.items += segment.values.length;
    for (const [at, outcome] of segment.outcomes ?? []) this.#consider(segment.index + at, outcome);
    if (this.rejection !== undefined) return;
    if (this.#plan.isOrdered) this.reorder.put(segment);
    else this.#deliver(segment);
  }

  /** Puts in the outcome of one item. */
  putOutcome(index: number, outcome: Outcome, attempt: number): void {
    this.put({
      index,
      values: [undefined],
      outcomes: new Map([[0, outcome]]),
      attempt,
      bytes: 0,
      isSole: false,
    });
  }

  /** Puts in the outcomes of a chunk, but for the items that are tried again. */
  putChunk(
    { attempt, index }: Chunk,
    values: ArrayLike<unknown>,
    outcomes: ReadonlyMap<number, Outcome>,
    without: ReadonlySet<number>,
    bytes: number,
  ): void {
    if (typeof index !== 'number') {
      for (let at = 0; at < values.length; at++) {
        if (without.has(at)) continue;
        const outcome = outcomes.get(at);
        this.put({
          index: index[at] as number,
          values: [values[at]],
          outcomes: outcome === undefined ? undefined : new Map([[0, outcome]]),
          attempt,
          bytes: bytes / values.length,
          isSole: false,
        });
      }
      return;
    }
    const segment: Segment = { index, values, outcomes, attempt, bytes, isSole: without.size === 0 };
    let from = 0;
    for (const at of [...without].sort((a, b) => a - b)) {
      if (at > from) this.put(sliceSegment(segment, from, at));
      from = at + 1;
    }
    if (from < values.length) this.put(from === 0 ? segment : sliceSegment(segment, from, values.length));
  }

  /** Considers what an outcome means for the run as a whole. */
  #consider(position: number, outcome: Outcome): void {
    if (outcome.kind === 'failed' || outcome.kind === 'stage-failed') this.#counts.failed++;
    else if (outcome.kind === 'skipped') this.#counts.skipped++;
    if (position >= this.#halt || this.#plan.isOwnOrder === true) return;
    if (outcome.kind === 'failed') {
      if (this.#plan.onFailure === 'reject') this.rejection ??= { reason: outcome.error };
      else if (this.#plan.onFailure === 'reject-in-turn') this.haltAt(position, { reason: outcome.error });
    } else if (outcome.kind === 'stage-failed') {
      // What was collected before the failure still counts.
      this.haltAt(position + 1, undefined);
    } else if (outcome.kind === 'stopped') {
      this.haltAt(position, undefined);
    } else if (outcome.kind === 'expanded' && outcome.stopped) {
      // What the generator yielded before `stop` still counts.
      this.haltAt(position + 1, undefined);
    }
  }

  /**
   * Halts the run at a position: nothing at or behind it counts any more. With a failure, the run ends with that, unless an
   * item right before the position says `stop`: then the failure stands behind the end, and whichever comes first.
   */
  haltAt(position: number, failure: { readonly reason: unknown } | undefined): void {
    if (position > this.#halt || (position === this.#halt && failure !== undefined)) return;
    this.#halt = position;
    this.haltFailure = failure;
  }

  #deliver(segment: Segment): void {
    const end = segment.index + segment.values.length;
    if (end <= this.#halt || !this.#plan.isOrdered) this.#plan.receiver.deliver(segment);
    else if (segment.index < this.#halt) {
      this.#plan.receiver.deliver(sliceSegment(segment, 0, this.#halt - segment.index));
    }
  }
}
