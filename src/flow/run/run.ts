import { createDeferred, raceTime } from '../../async/deferred.ts';
import type { ItemError } from '../../errors/item-errors.ts';
import type { AnswerMessage, WorkDefinition } from '../../wire/message/message.ts';
import type { CloneAttempt } from '../../wire/values/uncloneable.ts';
import { type Chunk, indexOf, sliceChunk } from '../chunk/chunk.ts';
import { Sizer } from '../chunk/sizing.ts';
import { Supply } from '../chunk/supply.ts';
import { type FailedAt, isNoExport } from '../failure/failures.ts';
import { StrayLog } from '../failure/stray-log.ts';
import type { Dispatch } from '../pool/dispatch/dispatch.ts';
import type { SessionEnd, StartFailure } from '../hosts/host.ts';
import type { LostStage, SentChunk, Strays, Work } from '../work/work.ts';
import { WorkInContext } from '../work/work-in-context.ts';
import { onAbort } from '../../async/on-abort.ts';
import { HandOut, type SuppliedRun } from './hand-out.ts';
import { type IsolatedRun, Isolation } from './isolation.ts';
import type { Segment } from '../outcome/reorder.ts';
import type { RunEnd } from '../outcome/run-listener.ts';
import type { RunPlan } from './run-plan.ts';
import { type SettledRun, Settlement } from './settle.ts';
import { RunTally } from '../outcome/tally.ts';
import { identifyTask } from './task-id.ts';

/** One call on its way: items out of the source, chunks to the workers, outcomes back in order. */
export class Run implements Omit<Work, 'enter'>, IsolatedRun, SuppliedRun, SettledRun {
  readonly tally: RunTally;
  readonly supply: Supply;
  readonly workers: number;
  readonly timeout: number | undefined;
  taskId = -1;
  definition: WorkDefinition | undefined;

  readonly #plan: RunPlan;
  readonly #dispatch: Dispatch;
  /** This run as the pool has it. */
  readonly #work: Work;
  readonly #finished = createDeferred();
  readonly #isolation: Isolation;
  readonly #settlement: Settlement;
  readonly #handOut: HandOut;
  #stopListening: (() => void) | undefined;
  #isOver = false;
  /** Reason why something could not be closed at the end. */
  #unclosed: { readonly reason: unknown } | undefined;

  constructor(plan: RunPlan, dispatch: Dispatch) {
    this.#plan = plan;
    this.#dispatch = dispatch;
    this.tally = new RunTally(new StrayLog(plan.context));
    this.#work = new WorkInContext(this, plan.context);
    this.workers = plan.workers;
    const { timeout } = plan;
    this.timeout = typeof timeout === 'object' ? findShortest(timeout) : timeout;
    this.supply = new Supply(
      plan.source,
      new Sizer(plan.chunkSize),
      plan.declared,
      (index, thrown) =>
        this.settle({ index, attempts: 0 }, this.#settlement.failures.ofPromise(index, thrown)),
      () => this.wake(),
      plan.first,
    );
    this.#isolation = new Isolation(this, dispatch, plan);
    this.#settlement = new Settlement(this, plan, this.#isolation);
    this.#handOut = new HandOut(this, plan, this.#settlement, this.#isolation);
  }

  limitOf(stage: number): number | undefined {
    const { timeout } = this.#plan;
    return typeof timeout === 'object' ? timeout[stage] : timeout;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get strays(): Strays {
    return this.tally.strays;
  }

  get isUnloadable(): boolean {
    return this.#settlement.salvage.isDead;
  }

  get service(): number | undefined {
    return this.supply.sizer.itemTime;
  }

  /** Bytes of results that wait for the turn of their items. */
  get heldBytes(): number {
    return this.#settlement.ledger.reorder.heldBytes;
  }

  get isAwaited(): boolean {
    return this.#plan.receiver.isWaiting ?? true;
  }

  /** Resolves when all outcomes were delivered and nothing of the run is left; rejects with what ended it. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Whether every item of the input has its outcome. */
  get isComplete(): boolean {
    return this.#settlement.isComplete;
  }

  /** Puts in outcomes that an earlier run has kept. */
  putKnown(segment: Segment): void {
    this.#settlement.putKnown(segment);
  }

  /** Begins the run: workers start now, chunks follow once the task is known. */
  open(): void {
    const { signal } = this.#plan;
    const { remaining } = this.#plan.source;
    this.#dispatch.attach(this.#work, Math.min(this.workers, remaining ?? this.workers));
    if (signal !== undefined)
      this.#stopListening = onAbort(signal, () => this.end({ reason: signal.reason }));
  }

  start(definition: WorkDefinition): void {
    this.definition = definition;
    this.taskId = identifyTask(definition);
    this.#dispatch.wake(this.#work);
  }

  /** Tells the pool that the run may have chunks again, as when the reader has made room. */
  wake(): void {
    this.#dispatch.wake(this.#work);
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

  nextChunk(): Chunk | undefined {
    return this.#handOut.nextChunk();
  }

  acquit(chunk: Chunk): void {
    this.#handOut.acquit(chunk);
  }

  giveBack(chunk: Chunk): void {
    this.#handOut.giveBack(chunk);
  }

  answered(sent: SentChunk, answer: AnswerMessage, busy: number): void {
    this.#settlement.answered(sent, answer, busy);
  }

  settle(at: FailedAt, error: ItemError): void {
    this.#settlement.settle(at, error);
  }

  audit(): void {
    this.#settlement.audit();
  }

  unloadable(sent: SentChunk, thrown: unknown): void {
    if (this.#isOver) return;
    // A missing export is a mistake in the call, which every item would repeat.
    if (isNoExport(thrown))
      this.end({ reason: this.#settlement.failures.ofExport(indexOf(sent.chunk, 0), thrown) });
    else this.#settlement.salvage.afterLoad(sliceChunk(sent.chunk, 0, sent.end), thrown);
  }

  uncloneable(chunk: Chunk, reason: unknown, attempt?: CloneAttempt): void {
    if (!this.#isOver) this.#settlement.salvage.afterClone(chunk, reason, attempt);
  }

  undecodable(sent: SentChunk, reason: unknown): void {
    if (!this.#isOver) this.#settlement.salvage.afterUndecodable(sent, reason);
  }

  unreadable(sent: SentChunk, reason: unknown): void {
    if (!this.#isOver) this.#settlement.salvage.afterUnreadable(sent, reason);
  }

  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void {
    if (!this.#isOver) this.#settlement.salvage.afterLoss(sent, end, stage);
  }

  unstarted(failure: StartFailure): void {
    const index = this.#plan.isOrdered
      ? this.#settlement.ledger.reorder.next
      : Math.min(this.supply.firstLeft, this.#settlement.retrier.firstWaiting);
    this.end({ reason: this.#settlement.failures.ofStart(index, failure) });
  }

  heldUp(report: string): void {
    this.tally.strays.count++;
    this.#settlement.failures.warnOfBlock(report);
  }

  cutOff(): void {
    this.end({ reason: this.#settlement.failures.ofClosing(this.#settlement.ledger.reorder.next) });
  }

  /** Ends the run now, with what is to blame for that. */
  end(failure: { readonly reason: unknown } | undefined, how?: 'left'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // The end is classified before the source is closed, which then gives no more in any case.
    const end = failure === undefined ? (how ?? (this.supply.isEnded ? 'ended' : 'stopped')) : 'failed';
    this.#stopListening?.();
    this.#settlement.retrier.close();
    // A signal or a reader that has ended the run may be in another context.
    void this.#plan.context(() => this.#release(failure, end));
  }

  async #release(failure: { readonly reason: unknown } | undefined, how: RunEnd): Promise<void> {
    const closing = this.supply.close().catch((thrown: unknown) => {
      this.#unclosed ??= { reason: thrown };
    });
    await Promise.all([this.#dispatch.withdraw(this.#work), this.#isolation.close()]);
    // A generator that waits for something cannot be closed before that is there: it is told, and not waited for.
    await raceTime(closing, this.#dispatch.grace);
    this.#dispatch.detach(this.#work);
    this.tally.end();
    try {
      const end = this.#unclosed === undefined ? how : 'failed';
      for (const listener of this.#plan.listeners) await listener.ended?.(this, end);
    } catch (thrown) {
      this.#unclosed ??= { reason: thrown };
    }
    // What ended the run says more than what then could not be closed.
    const outcome = failure ?? this.#unclosed;
    if (outcome === undefined) this.#finished.resolve();
    else this.#finished.reject(outcome.reason);
  }
}

function findShortest(limits: readonly (number | undefined)[]): number | undefined {
  const known = limits.filter((limit) => limit !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
