import { CloneError, type ItemError } from '../../errors/item-errors.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import { unpackValues } from '../../wire/pack/pack.ts';
import { type Chunk, indexOf, sliceChunk } from '../chunk/chunk.ts';
import { type FailedAt, Failures } from '../failure/failures.ts';
import { makeInternalError } from '../failure/internal-error.ts';
import { readOutcomes } from '../failure/read-outcomes.ts';
import { Retries } from '../failure/retries.ts';
import { type MakeError, Recovery } from '../failure/recovery.ts';
import type { Supply } from '../chunk/supply.ts';
import type { RunCounts } from '../outcome/run-counts.ts';
import type { SentChunk } from '../work/work.ts';
import { findDifference } from '../outcome/check-answer.ts';
import type { Dispatcher } from '../work/dispatcher.ts';
import { Isolation } from './isolation.ts';
import { Ledger } from '../outcome/ledger.ts';
import type { Outcome, Segment } from '../outcome/segment.ts';
import type { IsolatedRun } from './isolation-queue.ts';
import type { RunPlan } from './run-plan.ts';

/** The run whose items are settled. */
export interface SettledRun extends IsolatedRun {
  readonly supply: Supply;
  readonly counts: RunCounts;
  end(failure: { readonly reason: unknown } | undefined): void;
}

/**
 * Takes outcomes in: what workers answer, what failed and is tried again or not, and whether the run is over with that.
 */
export class Settlement {
  readonly ledger: Ledger;
  readonly failures: Failures;
  readonly retries: Retries;
  readonly recovery: Recovery;
  readonly isolation: Isolation;

  readonly #run: SettledRun;
  readonly #plan: RunPlan;
  /** Number of outcomes when the last look found nothing to wait for. */
  #stuckAt: number | undefined;

  constructor(run: SettledRun, plan: RunPlan, dispatch: Dispatcher) {
    this.#run = run;
    this.#plan = plan;
    this.failures = new Failures({
      callSite: plan.callSite,
      limitOf: (stage) => run.terms.limitOf(stage),
      nameItem: plan.nameItem,
    });
    this.ledger = new Ledger(plan, run.counts);
    this.recovery = new Recovery(this.failures, run.counts, {
      giveBack: (chunk) => this.giveBack(chunk),
      settle: (at, error) => this.settle(at, error),
      retry: (sent, at, error, makeError) => this.#retry(sent, at, error, makeError),
    });
    this.retries = new Retries(plan.retries, (chunk) => this.giveBack(chunk));
    this.isolation = new Isolation(run, plan, dispatch);
  }

  /** Whether every item of the input has its outcome. */
  get isComplete(): boolean {
    const { isDone, settled } = this.ledger;
    return (
      isDone ||
      (this.#run.supply.isEnded && this.retries.waiting === 0 && settled === this.#run.supply.pulled)
    );
  }

  /** Takes back items that did not begin. */
  giveBack(chunk: Chunk): void {
    if (this.#run.isOver || this.isolation.takeBack(chunk)) return;
    this.#plan.rows?.noteGivenBack(chunk.items.length);
    this.#run.supply.giveBack(chunk);
    this.#run.wake();
  }

  /** Puts in outcomes that an earlier run has kept. */
  putKnown(segment: Segment): void {
    if (this.#run.isOver) return;
    this.ledger.putKnown(segment);
    this.#review();
  }

  answered(sent: SentChunk, answer: AnswerMessage, busy: number): void {
    this.#run.counts.times.addChunk(answer, busy);
    const { ran } = answer;
    if (ran > 0) this.recovery.noteProgress();
    if (this.#run.isOver) return;
    const values = answer.payload === undefined ? unpackValues(answer.values) : { length: ran };
    const difference = findDifference(sent, answer, values.length);
    if (difference !== undefined) {
      this.#run.end({ reason: makeInternalError(difference) });
      return;
    }
    if (ran === 0) return;
    const { chunk } = sent;
    this.#run.supply.sizer.learn(ran, this.#run.supply.countUnits(chunk, ran), answer.compute, answer.bytes);
    const { attempt } = chunk;
    if (answer.payload !== undefined) {
      this.#putPayload(chunk, answer);
      return;
    }
    if (answer.encoded === undefined && sent.late.size === 0 && typeof chunk.index === 'number') {
      if (ran === chunk.items.length) this.#run.supply.recycle(chunk);
      const { bytes } = answer;
      this.ledger.put({ index: chunk.index, values, outcomes: undefined, attempt, bytes, isSole: true });
      this.#review();
      return;
    }
    const outcomes = readOutcomes(this.failures, sent, answer);
    const retried = new Set<number>();
    for (const [at, outcome] of outcomes) {
      if (outcome.kind === 'failed' && this.#retry(sent, at, outcome.error)) retried.add(at);
    }
    if (this.#run.isOver) return;
    this.ledger.putChunk(chunk, values, outcomes, retried, answer.bytes);
    this.#review();
  }

  /** Puts in what a pipeline's stages made of a chunk, which counts as a whole. */
  #putPayload(chunk: Chunk, { ran, encoded, bytes, payload, compute }: AnswerMessage): void {
    const outcomes = new Map<number, Outcome>();
    for (const outcome of encoded ?? []) {
      // An outcome of a pipeline is never 'failed': whatever a stage throws is an outcome of that stage.
      if (outcome.kind === 'expanded' || outcome.kind === 'stage-failed') outcomes.set(outcome.at, outcome);
    }
    this.ledger.put({
      index: indexOf(chunk, 0),
      values: { length: ran },
      outcomes: outcomes.size === 0 ? undefined : outcomes,
      attempt: chunk.attempt,
      bytes,
      isSole: false,
      payload,
      items: chunk.items,
      compute,
    });
    this.#review();
  }

  /** Tries a failed item again, if that may be. A value that cannot cross will not cross the second time. */
  #retry(sent: SentChunk, at: number, error: ItemError, makeError: MakeError = () => error): boolean {
    if (this.#run.isOver || error instanceof CloneError || sent.transferred?.has(at) === true) return false;
    const { onLoss } = this.#plan;
    try {
      if (onLoss !== undefined) {
        const { items, attempt } = sent.chunk;
        if (!onLoss(items[at], makeError, sent.place, attempt)) return this.isolation.retry(sent, at, error);
        this.#run.counts.retried++;
        this.giveBack({ ...sliceChunk(sent.chunk, at, at + 1), attempt: attempt + 1 });
        return true;
      }
      const isTried = this.retries.retry(sent.chunk, at, error);
      if (isTried) this.#run.counts.retried++;
      return isTried || this.isolation.retry(sent, at, error);
    } catch (thrown) {
      this.#run.end({ reason: thrown });
      return true;
    }
  }

  /** Settles an item that has failed for good. */
  settle({ index, attempts, item, place }: FailedAt, error: ItemError): void {
    if (this.#run.isOver) return;
    this.ledger.putOutcome(index, { kind: 'failed', error, item, place }, attempts);
    this.#review();
  }

  /** Tells listeners that outcomes came in, and sees whether the run is over. */
  #review(): void {
    try {
      for (const listener of this.#plan.listeners) listener.changed?.();
    } catch (thrown) {
      this.#run.end({ reason: thrown });
    }
    this.checkEnd();
  }

  /** Ends the run if it is over. */
  checkEnd(): void {
    const { rejection, haltFailure } = this.ledger;
    if (rejection !== undefined) this.#run.end(rejection);
    const { settled, isDone } = this.ledger;
    if (settled <= this.#run.supply.pulled && !this.isComplete) return;
    const difference = isDone ? undefined : this.ledger.findDifference(this.#run.supply.pulled);
    this.#run.end(difference === undefined ? haltFailure : { reason: makeInternalError(difference) });
  }

  /**
   * Checks a run of which no worker has anything. Either the run has something to wait for all the same, or an item was
   * lost on the way: then the call would never end.
   */
  audit(): void {
    const { settled, isHalted } = this.ledger;
    const mayGoOn = this.#run.supply.hasReturned || !(this.#run.supply.isEnded || isHalted);
    const waits = this.retries.waiting > 0 || this.isolation.isBusy;
    if (this.#run.isOver || this.#run.terms.definition === undefined || mayGoOn || waits) {
      this.#stuckAt = undefined;
    } else if (this.#stuckAt !== settled) {
      this.#stuckAt = settled;
    } else {
      const lost = `${this.#run.supply.pulled - settled} items have no outcome, and no worker has them`;
      this.#run.end({ reason: makeInternalError(lost) });
    }
  }
}
