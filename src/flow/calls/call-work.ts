import type { AsyncContext } from '../../async/async-context.ts';
import { copyAt } from '../../errors/call-site.ts';
import { TelarError } from '../../errors/telar-error.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import type { Chunk } from '../chunk/chunk.ts';
import { makeInternalError } from '../failure/internal-error.ts';
import type { SessionEnd, StartFailure } from '../hosts/host.ts';
import type { LostStage, Refusal, SentChunk, Strays, Work, WorkTerms } from '../work/work.ts';
import type { Call } from './waiting-calls.ts';
import type { CallOutcomes } from './call-outcomes.ts';
import type { WaitingCalls } from './waiting-calls.ts';

/** The queue whose calls are handed out. */
export interface WorkedQueue {
  readonly waiting: WaitingCalls;
  readonly outcomes: CallOutcomes;
  readonly counts: { readonly strays: Strays };
  readonly isolation: { readonly isBusy: boolean };
  readonly isOver: boolean;
  giveBack(chunk: Chunk): void;
  /** Takes no further calls. */
  retire(): void;
  /** Ends all calls with an error. */
  fail(reason: unknown): void;
  /** Ends all calls, each with an error of its own. */
  end(makeReason: (call: Call) => unknown): Promise<void>;
}

/** A queue of calls as its pool sees it. */
export class CallWork implements Work {
  readonly terms: WorkTerms;
  readonly strays: Strays;
  readonly enter: AsyncContext;
  readonly isAwaited = true;
  readonly #queue: WorkedQueue;
  /** Number of calls without an outcome when the last look found nothing to wait for. */
  #stuckAt: number | undefined;

  constructor(queue: WorkedQueue, terms: WorkTerms, context: AsyncContext) {
    this.terms = terms;
    this.strays = queue.counts.strays;
    this.enter = context;
    this.#queue = queue;
  }

  get isUnloadable(): boolean {
    return this.#queue.outcomes.recovery.isDead;
  }

  get isOver(): boolean {
    return this.#queue.isOver;
  }

  nextChunk(): Chunk | undefined {
    const { waiting, outcomes } = this.#queue;
    if (this.terms.definition === undefined) return undefined;
    while (!this.#queue.isOver) {
      const chunk = waiting.take();
      if (chunk === undefined || !outcomes.recovery.failIfDead(chunk)) return chunk;
    }
    return undefined;
  }

  giveBack(chunk: Chunk): void {
    this.#queue.giveBack(chunk);
  }

  answered(sent: SentChunk, answer: AnswerMessage): void {
    if (!this.#queue.isOver) this.#queue.outcomes.answered(sent, answer);
  }

  refused(sent: SentChunk, refusal: Refusal): void {
    if (!this.#queue.isOver) this.enter(() => this.#queue.outcomes.refused(sent, refusal));
  }

  unreadable(sent: SentChunk, reason: unknown): void {
    const { recovery } = this.#queue.outcomes;
    if (!this.#queue.isOver) this.enter(() => recovery.afterUnreadable(sent, reason));
  }

  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void {
    const { outcomes } = this.#queue;
    const { recovery } = outcomes;
    if (this.#queue.isOver) return;
    outcomes.hasLost = true;
    this.enter(() => recovery.afterLoss(sent, end, stage));
    if (recovery.isDead) this.#queue.retire();
  }

  unstarted(failure: StartFailure): void {
    void this.#queue.end(() => this.#queue.outcomes.failures.ofStart(0, failure));
  }

  heldUp(report: string): void {
    this.strays.count++;
    this.enter(() => this.#queue.outcomes.failures.warnOfBlock(report));
  }

  /** Looks for calls that nobody has: they would never end. */
  audit(): void {
    const { outcomes, waiting, isolation, isOver } = this.#queue;
    const { pending } = outcomes;
    const waits = !waiting.isEmpty || outcomes.isWaiting || isolation.isBusy;
    if (isOver || this.terms.definition === undefined || waits) this.#stuckAt = undefined;
    else if (this.#stuckAt !== pending) this.#stuckAt = pending;
    else this.#queue.fail(makeInternalError(`${pending} calls have no outcome, and no worker has them`));
  }

  fail(reason: unknown): void {
    void this.#queue.end(({ site }) => (reason instanceof TelarError ? copyAt(reason, site) : reason));
  }

  cutOff(): void {
    void this.#queue.end(() => this.#queue.outcomes.failures.ofClosing());
  }
}
