import type { AsyncContext } from '../../async-context.ts';
import { createDeferred, raceTime } from '../../deferred.ts';
import { CloneError, type ItemError, WorkerError } from '../../errors.ts';
import type { RetryPolicy } from '../../options.ts';
import { decodeThrown, type EncodedThrown } from '../../wire/error.ts';
import type { AnswerMessage, WorkDefinition } from '../../wire/message.ts';
import { unpackValues } from '../../wire/pack/pack.ts';
import type { Place } from '../../wire/slot.ts';
import type { CloneAttempt } from '../../wire/uncloneable.ts';
import { type Chunk, indexOf, sliceChunk } from '../chunk/chunk.ts';
import type { Dispatch } from '../pool/dispatch.ts';
import { onAbort } from './abort.ts';
import { type CallSite, type FailedAt, Failures, isNoExport, type NameItem } from '../failure/failures.ts';
import { makeInternalError } from '../failure/internal-error.ts';
import type { SessionEnd, StartFailure } from '../pool/host.ts';
import { findDifference } from './check-answer.ts';
import { type DeliveryPlan, Ledger } from './ledger.ts';
import { readNotes } from '../failure/notes.ts';
import { Quarantine } from './quarantine.ts';
import { Retrier } from '../failure/retrier.ts';
import type { Note, Segment } from './reorder.ts';
import { type MakeError, Salvage } from '../failure/salvage.ts';
import { identifyTask } from './task-id.ts';
import { Sizer } from '../chunk/sizing.ts';
import type { Source } from '../source/source.ts';
import { type DeclaredCosts, Supply } from '../chunk/supply.ts';
import { RunTally } from './tally.ts';
import type { LostStage, SentChunk, Work } from '../pool/work.ts';
import { WorkInContext } from '../pool/work-in-context.ts';

/**
 * How a run ended: all items of the input have their outcome; an item said `stop`, and those before it have; its reader
 * has left; or it was cut off by a failure or a signal.
 */
export type RunEnd = 'ended' | 'stopped' | 'left' | 'failed';

/** What one call wants of the engine. */
export interface RunPlan extends DeliveryPlan {
  readonly source: Source;
  /** Whether an error of the source ends the run behind the items before it. `@defaultValue` at once, unless those of items do */
  readonly failsBehindItems?: boolean | undefined;
  readonly declared: DeclaredCosts | undefined;
  readonly workers: number;
  readonly chunkSize: number | undefined;
  /** Milliseconds an item may take; of a pipeline, in each of its stages. */
  readonly timeout: number | readonly (number | undefined)[] | undefined;
  /** Asked of a pipeline whether an item runs again whose worker died on it. `@defaultValue` as `retries` says */
  readonly onLoss?:
    | ((item: unknown, makeError: MakeError, place: Place | undefined, attempt: number) => boolean)
    | undefined;
  /** What errors call an item. `@defaultValue` by its position */
  readonly nameItem?: NameItem | undefined;
  readonly retries: RetryPolicy;
  /** How many more items may leave the source. `@defaultValue` no limit */
  readonly room: (() => number) | undefined;
  /** Whether a reader waits for a result. `@defaultValue` always */
  readonly isAwaited: (() => boolean) | undefined;
  /** Something was settled. */
  readonly onChange: (() => void) | undefined;
  /** The run is over; it settles when this has. */
  readonly onEnd: (run: Run, how: RunEnd) => Promise<void> | void;
  readonly signal: AbortSignal | undefined;
  readonly callSite: CallSite;
  /** That of the call: all that is the caller's runs in it. */
  readonly context: AsyncContext;
  /** Told of each chunk before a worker has it, where a journal is to know the suspects should the program die of one. */
  readonly onBegin?: ((chunk: Chunk) => void) | undefined;
  /** Whether an item was in flight when the program came to its end another time. */
  readonly isSuspect?: ((index: number) => boolean) | undefined;
}

/** One call on its way: items out of the source, chunks to the workers, outcomes back in order. */
export class Run implements Omit<Work, 'enter'> {
  readonly tally: RunTally = new RunTally();
  readonly supply: Supply;
  readonly workers: number;
  readonly timeout: number | undefined;
  taskId = -1;
  definition: WorkDefinition | undefined;

  readonly #plan: RunPlan;
  readonly #dispatch: Dispatch;
  /** This run as the pool has it. */
  readonly #work: Work;
  readonly #failures: Failures;
  readonly #finished = createDeferred();
  readonly #retrier: Retrier;
  readonly #ledger: Ledger;
  readonly #salvage: Salvage;
  #stopListening: (() => void) | undefined;
  #quarantine: Quarantine | undefined;
  #isOver = false;
  /** What could not be closed at the end. */
  #unclosed: { readonly reason: unknown } | undefined;
  /** How many outcomes there were when the last look found nothing to wait for. */
  #stuckAt: number | undefined;

  constructor(plan: RunPlan, dispatch: Dispatch) {
    this.#plan = plan;
    this.#dispatch = dispatch;
    this.#work = new WorkInContext(this, plan.context);
    this.workers = plan.workers;
    const { timeout } = plan;
    this.timeout = typeof timeout === 'object' ? findShortest(timeout) : timeout;
    this.#failures = new Failures({
      callSite: plan.callSite,
      limitOf: (stage) => this.limitOf(stage),
      nameItem: plan.nameItem,
    });
    this.supply = new Supply(
      plan.source,
      new Sizer(plan.chunkSize),
      plan.declared,
      (index, thrown) => this.settle({ index, attempts: 0 }, this.#failures.ofPromise(index, thrown)),
      () => dispatch.wake(this.#work),
      plan.first,
    );
    this.#ledger = new Ledger(plan, this.tally);
    this.#salvage = new Salvage(this.#failures, this.tally, {
      giveBack: (chunk) => this.giveBack(chunk),
      settle: (at, error) => this.settle(at, error),
      retry: (sent, at, error, makeError) => this.#retry(sent, at, error, makeError),
    });
    this.#retrier = new Retrier(plan.retries, (chunk) => this.giveBack(chunk));
  }

  limitOf(stage: number): number | undefined {
    const { timeout } = this.#plan;
    return typeof timeout === 'object' ? timeout[stage] : timeout;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isUnloadable(): boolean {
    return this.#salvage.isDead;
  }

  get service(): number | undefined {
    return this.supply.sizer.itemTime;
  }

  /** Bytes of results that wait for the turn of their items. */
  get heldBytes(): number {
    return this.#ledger.reorder.heldBytes;
  }

  get isAwaited(): boolean {
    return this.#plan.isAwaited?.() ?? true;
  }

  /** Resolves when all outcomes were delivered and nothing of the run is left; rejects with what ended it. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Whether every item of the input has its outcome. */
  get isComplete(): boolean {
    const { isDone, settled } = this.#ledger;
    return isDone || (this.supply.isEnded && this.#retrier.waiting === 0 && settled === this.supply.pulled);
  }

  /** Outcomes that an earlier run has kept. */
  putKnown(segment: Segment): void {
    if (this.#isOver) return;
    this.#ledger.putKnown(segment);
    this.#review();
  }

  /** Begins: workers start now, chunks follow once the task is known. */
  open(): void {
    const { signal } = this.#plan;
    const { remaining } = this.#plan.source;
    this.#dispatch.attach(this.#work, Math.min(this.workers, remaining ?? this.workers));
    if (signal !== undefined)
      this.#stopListening = onAbort(signal, () => this.#end({ reason: signal.reason }));
  }

  start(definition: WorkDefinition): void {
    this.definition = definition;
    this.taskId = identifyTask(definition);
    this.#dispatch.wake(this.#work);
  }

  /** The reader has made room. */
  wake(): void {
    this.#dispatch.wake(this.#work);
  }

  /**
   * Ends the run where it is: the reader wants no more. Rejects only when something cannot be closed: what has failed
   * meanwhile is no matter of a reader who has not come to it.
   */
  async stop(): Promise<void> {
    this.#end(undefined, 'left');
    await this.finished.catch(() => {});
    if (this.#unclosed !== undefined) throw this.#unclosed.reason;
  }

  /** Ends the run with an error. */
  fail(reason: unknown): void {
    this.#end({ reason });
  }

  nextChunk(): Chunk | undefined {
    if (this.#isOver || this.definition === undefined) return undefined;
    // Largest first, items before the one that said `stop` may still be in the source.
    const isHalted = this.#ledger.isHalted && this.#plan.declared === undefined;
    const room = isHalted ? 0 : (this.#plan.room?.() ?? Infinity);
    let chunk: Chunk | undefined;
    try {
      chunk = this.supply.take(room, this.workers * 3);
    } catch (thrown) {
      // The source has failed: in its turn where that was asked for, else now.
      if (this.#plan.failsBehindItems ?? this.#plan.onFailure === 'reject-in-turn') {
        this.#ledger.haltAt(this.supply.pulled, { reason: thrown });
        this.#checkEnd();
      } else {
        this.#end({ reason: thrown });
      }
      return undefined;
    }
    if (chunk === undefined) {
      this.#checkEnd();
      return undefined;
    }
    // Taking it has run code of the user's, and settled items that were none: the run may have ended meanwhile.
    if (this.#isOver) return undefined;
    if (this.#salvage.failIfDead(chunk)) {
      // One chunk a turn, so that an endless source does not hold up the event loop.
      setImmediate(() => this.#dispatch.wake(this.#work));
      return undefined;
    }
    if (this.#isolateSuspects(chunk)) return this.nextChunk();
    try {
      this.#plan.onBegin?.(chunk);
    } catch (thrown) {
      this.#end({ reason: thrown });
    }
    return this.#isOver ? undefined : chunk;
  }

  /** Takes a chunk apart that holds items which may have ended the program: those go to processes at once. */
  #isolateSuspects(chunk: Chunk): boolean {
    const { isSuspect } = this.#plan;
    const { suspects } = this.#dispatch;
    if (isSuspect === undefined || suspects === undefined) return false;
    const positions = Array.from({ length: chunk.items.length }, (_, at) => at);
    const found = positions.filter((at) => isSuspect(indexOf(chunk, at)));
    if (found.length === 0) return false;
    this.#quarantine ??= new Quarantine(this, suspects(), this.#plan.context);
    for (const at of positions) {
      const alone = sliceChunk(chunk, at, at + 1);
      if (found.includes(at)) this.#quarantine.begin(alone);
      else this.supply.giveBack(alone);
    }
    return true;
  }

  acquit(chunk: Chunk): void {
    if (this.#isOver) return;
    this.supply.giveBack(chunk);
    this.#dispatch.wake(this.#work);
  }

  giveBack(chunk: Chunk): void {
    if (this.#isOver) return;
    if (this.#quarantine?.holds(chunk) === true) {
      this.#quarantine.giveBack(chunk);
      return;
    }
    this.supply.giveBack(chunk);
    this.#dispatch.wake(this.#work);
  }

  answered(sent: SentChunk, answer: AnswerMessage, busy: number): void {
    this.tally.addChunk(answer, busy);
    const { ran } = answer;
    if (ran > 0) this.#salvage.noteProgress();
    if (this.#isOver) return;
    const values = answer.payload === undefined ? unpackValues(answer.values) : { length: ran };
    const difference = findDifference(sent, answer, values.length);
    if (difference !== undefined) {
      this.#end({ reason: makeInternalError(difference) });
      return;
    }
    if (ran === 0) return;
    const { chunk } = sent;
    this.supply.sizer.learn(ran, this.supply.countUnits(chunk, ran), answer.compute, answer.bytes);
    const { attempt } = chunk;
    if (answer.payload !== undefined) {
      this.#putPayload(chunk, answer);
      return;
    }
    if (answer.marks === undefined && sent.late.size === 0 && typeof chunk.index === 'number') {
      if (ran === chunk.items.length) this.supply.recycle(chunk);
      const { bytes } = answer;
      this.#ledger.put({ index: chunk.index, values, notes: undefined, attempt, bytes, isSole: true });
      this.#review();
      return;
    }
    const notes = readNotes(this.#failures, sent, answer);
    const retried = new Set<number>();
    for (const [at, note] of notes) {
      if (note.kind === 'failed' && this.#retry(sent, at, note.error)) retried.add(at);
    }
    if (this.#isOver) return;
    this.#ledger.putChunk(chunk, values, notes, retried, answer.bytes);
    this.#review();
  }

  /** What a pipeline's stages made of a chunk counts as a whole. */
  #putPayload(chunk: Chunk, { ran, marks, bytes, payload, compute }: AnswerMessage): void {
    const notes = new Map<number, Note>();
    for (const mark of marks ?? []) {
      // Not 'failed': whatever a stage throws is an outcome of that stage.
      if (mark.kind === 'expanded' || mark.kind === 'stage-failed') notes.set(mark.at, mark);
    }
    this.#ledger.put({
      index: indexOf(chunk, 0),
      values: { length: ran },
      notes: notes.size === 0 ? undefined : notes,
      attempt: chunk.attempt,
      bytes,
      isSole: false,
      payload,
      items: chunk.items,
      compute,
    });
    this.#review();
  }

  unloadable(sent: SentChunk, thrown: unknown): void {
    if (this.#isOver) return;
    // A mistake in the call, which every item would repeat.
    if (isNoExport(thrown)) this.#end({ reason: this.#failures.ofExport(indexOf(sent.chunk, 0), thrown) });
    else this.#salvage.afterLoad(sliceChunk(sent.chunk, 0, sent.end), thrown);
  }

  uncloneable(chunk: Chunk, reason: unknown, attempt?: CloneAttempt): void {
    if (!this.#isOver) this.#salvage.afterClone(chunk, reason, attempt);
  }

  undecodable(sent: SentChunk, reason: unknown): void {
    if (!this.#isOver) this.#salvage.afterUndecodable(sent, reason);
  }

  unreadable(sent: SentChunk, reason: unknown): void {
    if (!this.#isOver) this.#salvage.afterUnreadable(sent, reason);
  }

  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void {
    if (!this.#isOver) this.#salvage.afterLoss(sent, end, stage);
  }

  unstarted(failure: StartFailure): void {
    const index = this.#plan.isOrdered
      ? this.#ledger.reorder.next
      : Math.min(this.supply.firstLeft, this.#retrier.firstWaiting);
    this.#end({ reason: this.#failures.ofStart(index, failure) });
  }

  strayed(index: number | undefined, thrown: EncodedThrown): void {
    this.tally.strays++;
    this.#failures.warnOfStray(index, decodeThrown(thrown));
  }

  heldUp(report: string): void {
    this.tally.strays++;
    this.#failures.warnOfBlock(report);
  }

  cutOff(): void {
    this.#end({ reason: this.#failures.ofClosing(this.#ledger.reorder.next) });
  }

  /** Tries a failed item again, if it may be. A value that cannot cross will not cross the second time. */
  #retry(sent: SentChunk, at: number, error: ItemError, makeError: MakeError = () => error): boolean {
    if (this.#isOver || error instanceof CloneError || sent.transferred?.has(at) === true) return false;
    const { onLoss } = this.#plan;
    try {
      if (onLoss !== undefined) {
        const { items, attempt } = sent.chunk;
        if (!onLoss(items[at], makeError, sent.place, attempt)) return this.#isolate(sent, at, error);
        this.tally.retried++;
        this.giveBack({ ...sliceChunk(sent.chunk, at, at + 1), attempt: attempt + 1 });
        return true;
      }
      const isTried = this.#retrier.retry(sent.chunk, at, error);
      if (isTried) this.tally.retried++;
      return isTried || this.#isolate(sent, at, error);
    } catch (thrown) {
      this.#end({ reason: thrown });
      return true;
    }
  }

  /** Tries an item once more whose worker died on it, in a process, where the pool has such for suspects. */
  #isolate(sent: SentChunk, at: number, error: ItemError): boolean {
    const { suspects } = this.#dispatch;
    if (suspects === undefined || !(error instanceof WorkerError)) return false;
    this.#quarantine ??= new Quarantine(this, suspects(), this.#plan.context);
    const { attempt } = sent.chunk;
    const alone = { ...sliceChunk(sent.chunk, at, at + 1), attempt: attempt + 1 };
    const isAdmitted = this.#quarantine.admit(alone, error, sent.place);
    if (isAdmitted) this.tally.retried++;
    return isAdmitted;
  }

  /** An item has failed for good. */
  settle({ index, attempts, item, place }: FailedAt, error: ItemError): void {
    if (this.#isOver) return;
    this.#ledger.putNote(index, { kind: 'failed', error, item, place }, attempts);
    this.#review();
  }

  /** After outcomes came in: tells listeners, and sees whether the run is over. */
  #review(): void {
    try {
      this.#plan.onChange?.();
    } catch (thrown) {
      this.#end({ reason: thrown });
    }
    this.#checkEnd();
  }

  #checkEnd(): void {
    const { rejection, haltFailure } = this.#ledger;
    if (rejection !== undefined) this.#end(rejection);
    const { settled, isDone } = this.#ledger;
    if (settled <= this.supply.pulled && !this.isComplete) return;
    const difference = isDone ? undefined : this.#ledger.findDifference(this.supply.pulled);
    this.#end(difference === undefined ? haltFailure : { reason: makeInternalError(difference) });
  }

  /**
   * No worker has anything of the run. It has something to wait for all the same, or an item was lost on the way: then the
   * call would never end.
   */
  audit(): void {
    const { settled, isHalted } = this.#ledger;
    const mayGoOn = this.supply.hasReturned || !(this.supply.isEnded || isHalted);
    const waits = this.#retrier.waiting > 0 || this.#quarantine?.isBusy === true;
    if (this.#isOver || this.definition === undefined || mayGoOn || waits) {
      this.#stuckAt = undefined;
    } else if (this.#stuckAt !== settled) {
      this.#stuckAt = settled;
    } else {
      const lost = `${this.supply.pulled - settled} items have no outcome, and no worker has them`;
      this.#end({ reason: makeInternalError(lost) });
    }
  }

  #end(failure: { readonly reason: unknown } | undefined, how?: 'left'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // Before the source is closed, which then gives no more in any case.
    const end = failure === undefined ? (how ?? (this.supply.isEnded ? 'ended' : 'stopped')) : 'failed';
    this.#stopListening?.();
    this.#retrier.close();
    // Whoever has ended it, a signal or a reader, may be in another context.
    void this.#plan.context(() => this.#release(failure, end));
  }

  async #release(failure: { readonly reason: unknown } | undefined, how: RunEnd): Promise<void> {
    const closing = this.supply.close().catch((thrown: unknown) => {
      this.#unclosed ??= { reason: thrown };
    });
    await Promise.all([this.#dispatch.withdraw(this.#work), this.#quarantine?.close()]);
    // A generator that waits for something cannot be closed before that is there: it is told, and not waited for.
    await raceTime(closing, this.#dispatch.grace);
    this.#dispatch.detach(this.#work);
    this.tally.end();
    try {
      await this.#plan.onEnd(this, this.#unclosed === undefined ? how : 'failed');
    } catch (thrown) {
      this.#unclosed ??= { reason: thrown };
    }
    // What ended it says more than what then could not be closed.
    const outcome = failure ?? this.#unclosed;
    if (outcome === undefined) this.#finished.resolve();
    else this.#finished.reject(outcome.reason);
  }
}

function findShortest(limits: readonly (number | undefined)[]): number | undefined {
  const known = limits.filter((limit) => limit !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
