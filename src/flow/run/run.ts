import { createDeferred, findFailure, raceTime } from '../../async/deferred.ts';
import type { ItemError } from '../../errors/item-errors.ts';
import type { RemoteCounts } from '../../progress/summary.ts';
import type { CapturedTask } from '../../task/definition/definition.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';
import { Sizer } from '../chunk/sizing.ts';
import { Supply } from '../chunk/supply.ts';
import type { FailedAt } from '../failure/failures.ts';
import { StrayLog } from '../failure/stray-log.ts';
import { Attachment } from '../pool/dispatch/attachment.ts';
import type { Dispatcher } from '../work/dispatcher.ts';
import { WorkInContext } from '../work/work-in-context.ts';
import { onAbort } from '../../async/on-abort.ts';
import { HandOut } from './hand-out.ts';
import type { Segment } from '../outcome/segment.ts';
import type { EndedRun, RunEnd } from '../outcome/run-listener.ts';
import { RunEvents } from './run-events.ts';
import type { RunPlan } from './run-plan.ts';
import { RunTerms } from './run-terms.ts';
import { type SettledRun, Settlement } from './settle.ts';
import { RunCounts } from '../outcome/run-counts.ts';

/** One call on its way: items out of the source, chunks to the workers, outcomes back in order. */
export class Run implements SettledRun, EndedRun {
  readonly counts: RunCounts;
  readonly supply: Supply;
  readonly terms: RunTerms;
  readonly events: RunEvents;

  readonly #plan: RunPlan;
  readonly #attachment: Attachment;
  readonly #finished = createDeferred();
  readonly #settlement: Settlement;
  #stopListening: (() => void) | undefined;
  #isOver = false;
  /** Reason why something could not be closed at the end. */
  #unclosed: { readonly reason: unknown } | undefined;

  constructor(plan: RunPlan, dispatch: Dispatcher) {
    this.#plan = plan;
    this.counts = new RunCounts(new StrayLog(plan.context));
    this.supply = new Supply(
      plan.source,
      new Sizer(plan.chunkSize, dispatch.chunkTime),
      plan.declared,
      (index, thrown) =>
        this.settle({ index, attempts: 0 }, this.#settlement.failures.ofPromise(index, thrown)),
      () => this.wake(),
      plan.first,
    );
    this.terms = new RunTerms(plan, this.supply.sizer);
    this.#settlement = new Settlement(this, plan, dispatch);
    this.events = new RunEvents(this, plan, this.#settlement);
    const queue = new HandOut(this, plan, this.#settlement);
    this.#attachment = new Attachment(dispatch, new WorkInContext(queue, this.events, plan.context));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get definition(): WorkDefinition | undefined {
    return this.terms.definition;
  }

  get remote(): RemoteCounts | undefined {
    return this.#attachment.remote;
  }

  /** Whether items run now, as far as that is known: not where what was handed out waits for a worker to load the task. */
  get isRunning(): boolean {
    return this.#settlement.isolation.isBusy || (this.#attachment.isRunning ?? this.#attachment.isBusy);
  }

  /** Bytes of results that wait for the turn of their items. */
  get heldBytes(): number {
    return this.#settlement.ledger.reorder.heldBytes;
  }

  /** Resolves when all outcomes were delivered and nothing of the run is left; rejects with what ended it. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Puts in outcomes that an earlier run has kept. */
  putKnown(segment: Segment): void {
    this.#settlement.putKnown(segment);
  }

  /** Begins the run: workers start now, chunks follow once the task is known. */
  open(): void {
    const { signal, workers } = this.#plan;
    const { remaining } = this.#plan.source;
    this.#attachment.attach(Math.min(workers, remaining ?? workers));
    if (signal === undefined) return;
    this.#stopListening = onAbort(signal, () => this.end({ reason: signal.reason }));
    // Code of the user's that the call has called, such as `cost`, may have fired it.
    if (signal.aborted) this.end({ reason: signal.reason });
  }

  /** @param store - Value that the call gives to its tasks. */
  start(definition: WorkDefinition, store?: CapturedTask): void {
    this.terms.define(definition, store);
    this.#attachment.wake();
  }

  /** Tells the pool that the run may have chunks again, as when the reader has made room. */
  wake(): void {
    this.#attachment.wake();
  }

  /**
   * Ends the run where it is: the reader wants no more. Rejects only when something cannot be closed: what has failed
   * meanwhile is no matter of a reader who has not come to it.
   */
  async stop(): Promise<void> {
    this.end(undefined, 'left');
    await this.finished.catch(() => {});
    if (this.#unclosed !== undefined) throw this.#unclosed.reason;
  }

  /** Ends the run with an error. */
  fail(reason: unknown): void {
    this.end({ reason });
  }

  settle(at: FailedAt, error: ItemError): void {
    this.#settlement.settle(at, error);
  }

  /** Ends the run now, with what is to blame for that. */
  end(failure: { readonly reason: unknown } | undefined, how?: 'left'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // The end is classified before the source is closed, which then gives no more in any case.
    const end = failure === undefined ? (how ?? (this.supply.isEnded ? 'ended' : 'stopped')) : 'failed';
    this.#stopListening?.();
    this.#settlement.retries.close();
    // A signal or a reader that has ended the run may be in another context.
    void this.#plan.context(() => this.#release(failure, end));
  }

  async #release(failure: { readonly reason: unknown } | undefined, how: RunEnd): Promise<void> {
    const closing = this.supply.close().catch((thrown: unknown) => {
      this.#unclosed ??= { reason: thrown };
    });
    await Promise.all([this.#attachment.withdraw(), this.#settlement.isolation.close()]);
    // A generator that waits for something cannot be closed before that is there: it is told, and not waited for.
    await raceTime(closing, this.#attachment.grace);
    this.#attachment.detach();
    this.counts.times.end();
    const end = this.#unclosed === undefined ? how : 'failed';
    for (const listener of this.#plan.listeners) {
      // The others are told all the same: one may have a file to close, though a callback of the user's throws.
      const broken = await findFailure(() => listener.ended?.(this, end));
      this.#unclosed ??= broken;
    }
    // What ended the run says more than what then could not be closed.
    const outcome = failure ?? this.#unclosed;
    if (outcome === undefined) this.#finished.resolve();
    else this.#finished.reject(outcome.reason);
  }
}
