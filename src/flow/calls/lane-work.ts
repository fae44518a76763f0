import type { AsyncContext } from '../../async/async-context.ts';
import { copyAt } from '../../errors/call-site.ts';
import { TelarError } from '../../errors/telar-error.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import type { Chunk } from '../chunk/chunk.ts';
import { makeInternalError } from '../failure/internal-error.ts';
import type { SessionEnd, StartFailure } from '../hosts/host.ts';
import type { LostStage, Refusal, SentChunk, Strays, Work, WorkTerms } from '../work/work.ts';
import type { Call } from './call.ts';
import type { CallOutcomes } from './call-outcomes.ts';
import type { CallQueue } from './call-queue.ts';

/** The lane whose calls are handed out. */
export interface WorkedLane {
  readonly queue: CallQueue;
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

/** A lane as its pool sees it. */
export class LaneWork implements Work {
  readonly terms: WorkTerms;
  readonly strays: Strays;
  readonly enter: AsyncContext;
  readonly isAwaited = true;
  readonly #lane: WorkedLane;
  /** Number of calls without an outcome when the last look found nothing to wait for. */
  #stuckAt: number | undefined;

  constructor(lane: WorkedLane, terms: WorkTerms, context: AsyncContext) {
    this.terms = terms;
    this.strays = lane.counts.strays;
    this.enter = context;
    this.#lane = lane;
  }

  get isUnloadable(): boolean {
    return this.#lane.outcomes.recovery.isDead;
  }

  get isOver(): boolean {
    return this.#lane.isOver;
  }

  nextChunk(): Chunk | undefined {
    const { queue, outcomes } = this.#lane;
    if (this.terms.definition === undefined) return undefined;
    while (!this.#lane.isOver) {
      const chunk = queue.take();
      if (chunk === undefined || !outcomes.recovery.failIfDead(chunk)) return chunk;
    }
    return undefined;
  }

  giveBack(chunk: Chunk): void {
    this.#lane.giveBack(chunk);
  }

  answered(sent: SentChunk, answer: AnswerMessage): void {
    if (!this.#lane.isOver) this.#lane.outcomes.answered(sent, answer);
  }

  refused(sent: SentChunk, refusal: Refusal): void {
    if (!this.#lane.isOver) this.enter(() => this.#lane.outcomes.refused(sent, refusal));
  }

  unreadable(sent: SentChunk, reason: unknown): void {
    const { recovery } = this.#lane.outcomes;
    if (!this.#lane.isOver) this.enter(() => recovery.afterUnreadable(sent, reason));
  }

  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void {
    const { recovery } = this.#lane.outcomes;
    if (this.#lane.isOver) return;
    this.enter(() => recovery.afterLoss(sent, end, stage));
    if (recovery.isDead) this.#lane.retire();
  }

  unstarted(failure: StartFailure): void {
    void this.#lane.end(() => this.#lane.outcomes.failures.ofStart(0, failure));
  }

  heldUp(report: string): void {
    this.strays.count++;
    this.enter(() => this.#lane.outcomes.failures.warnOfBlock(report));
  }

  /** Looks for calls that nobody has: they would never end. */
  audit(): void {
    const { outcomes, queue, isolation, isOver } = this.#lane;
    const { pending } = outcomes;
    const waits = !queue.isEmpty || outcomes.isWaiting || isolation.isBusy;
    if (isOver || this.terms.definition === undefined || waits) this.#stuckAt = undefined;
    else if (this.#stuckAt !== pending) this.#stuckAt = pending;
    else this.#lane.fail(makeInternalError(`${pending} calls have no outcome, and no worker has them`));
  }

  fail(reason: unknown): void {
    void this.#lane.end(({ site }) => (reason instanceof TelarError ? copyAt(reason, site) : reason));
  }

  cutOff(): void {
    void this.#lane.end(() => this.#lane.outcomes.failures.ofClosing());
  }
}
