import { placeAt } from '../../errors/call-site.ts';
import { TelarError } from '../../errors/telar-error.ts';
import type { AnswerMessage } from '../../wire/message/message.ts';
import { indexOf, sliceChunk } from '../chunk/chunk.ts';
import { isNoExport } from '../failure/failures.ts';
import type { SessionEnd, StartFailure } from '../hosts/host.ts';
import type { LostStage, Refusal, SentChunk, WorkEvents } from '../work/work.ts';
import type { RunPlan } from './run-plan.ts';
import type { SettledRun, Settlement } from './settle.ts';

/** Hears what a pool does with the chunks of a run, and says what becomes of their items. */
export class RunEvents implements WorkEvents {
  readonly #run: SettledRun;
  readonly #plan: RunPlan;
  readonly #settlement: Settlement;

  constructor(run: SettledRun, plan: RunPlan, settlement: Settlement) {
    this.#run = run;
    this.#plan = plan;
    this.#settlement = settlement;
  }

  answered(sent: SentChunk, answer: AnswerMessage, busy: number): void {
    this.#settlement.answered(sent, answer, busy);
  }

  refused(sent: SentChunk, refusal: Refusal): void {
    if (this.#run.isOver) return;
    const { recovery } = this.#settlement;
    const chunk = sliceChunk(sent.chunk, 0, sent.end);
    if (refusal.kind === 'uncloneable') recovery.afterClone(chunk, refusal.reason, refusal.attempt);
    else if (refusal.kind === 'undecodable') recovery.afterUndecodable(sent, refusal.reason);
    // A missing export is a mistake in the call, which every item would repeat.
    else if (isNoExport(refusal.reason))
      this.#run.end({
        reason: this.#settlement.failures.ofExport(indexOf(sent.chunk, 0), refusal.reason),
      });
    else recovery.afterLoad(chunk, refusal.reason);
  }

  unreadable(sent: SentChunk, reason: unknown): void {
    if (!this.#run.isOver) this.#settlement.recovery.afterUnreadable(sent, reason);
  }

  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void {
    if (!this.#run.isOver) this.#settlement.recovery.afterLoss(sent, end, stage);
  }

  unstarted(failure: StartFailure): void {
    const index = this.#plan.isOrdered
      ? this.#settlement.ledger.reorder.next
      : Math.min(this.#run.supply.firstLeft, this.#settlement.retries.firstWaiting);
    this.#run.end({ reason: this.#settlement.failures.ofStart(index, failure) });
  }

  heldUp(report: string): void {
    this.#run.counts.strays.count++;
    this.#settlement.failures.warnOfBlock(report);
  }

  audit(): void {
    this.#settlement.audit();
  }

  fail(reason: unknown): void {
    // The failure is found out in a turn of its own, whose stack tells nobody anything.
    this.#run.end({ reason: reason instanceof TelarError ? placeAt(reason, this.#plan.callSite) : reason });
  }

  cutOff(): void {
    this.#run.end({ reason: this.#settlement.failures.ofClosing(this.#settlement.ledger.reorder.next) });
  }
}
