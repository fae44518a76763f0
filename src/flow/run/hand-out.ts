import type { Chunk } from '../chunk/chunk.ts';
import type { Strays, WorkQueue, WorkTerms } from '../work/work.ts';
import type { RunPlan } from './run-plan.ts';
import type { SettledRun, Settlement } from './settle.ts';

/** Hands items out: makes chunks for the workers of what the source gives, and takes in what comes back. */
export class HandOut implements WorkQueue {
  readonly terms: WorkTerms;
  readonly strays: Strays;
  readonly #run: SettledRun;
  readonly #plan: RunPlan;
  readonly #settlement: Settlement;

  constructor(run: SettledRun, plan: RunPlan, settlement: Settlement) {
    this.terms = run.terms;
    this.strays = run.counts.strays;
    this.#run = run;
    this.#plan = plan;
    this.#settlement = settlement;
  }

  get isUnloadable(): boolean {
    return this.#settlement.recovery.isDead;
  }

  get isAwaited(): boolean {
    return this.#plan.receiver.isWaiting ?? true;
  }

  get isOver(): boolean {
    return this.#run.isOver;
  }

  nextChunk(): Chunk | undefined {
    const { rows } = this.#plan;
    if (this.#run.isOver || this.terms.definition === undefined || rows?.isHeld === true) return undefined;
    // When items run largest first, those before the one that said `stop` may still be in the source.
    const isHalted = this.#settlement.ledger.isHalted && this.#plan.declared === undefined;
    const room = isHalted ? 0 : (this.#plan.receiver.room?.() ?? Infinity);
    let chunk: Chunk | undefined;
    try {
      chunk = this.#run.supply.take(room, this.#plan.shares());
    } catch (thrown) {
      // A failed source ends the run in its turn where that was asked for, else now.
      if (this.#plan.failsBehindItems ?? this.#plan.onFailure === 'reject-in-turn') {
        this.#settlement.ledger.haltAt(this.#run.supply.pulled, { reason: thrown });
        this.#settlement.checkEnd();
      } else {
        this.#run.end({ reason: thrown });
      }
      return undefined;
    }
    if (chunk === undefined) {
      this.#settlement.checkEnd();
      return undefined;
    }
    // Taking the chunk has run code of the user's, and settled items that were none: the run may have ended meanwhile.
    if (this.#run.isOver) return undefined;
    if (rows !== undefined) chunk = { ...chunk, header: rows.header };
    if (this.#settlement.recovery.failIfDead(chunk)) {
      // One chunk fails a turn, so that an endless source does not hold up the event loop.
      setImmediate(() => this.#run.wake());
      return undefined;
    }
    if (this.#settlement.isolation.takeSuspects(chunk)) return this.nextChunk();
    if (this.#settlement.isolation.isOffered) this.#tellBegun(chunk);
    if (this.#run.isOver) return undefined;
    rows?.noteHandedOut(chunk.items.length);
    return chunk;
  }

  giveBack(chunk: Chunk): void {
    this.#settlement.giveBack(chunk);
  }

  #tellBegun(chunk: Chunk): void {
    try {
      for (const listener of this.#plan.listeners) listener.begun?.(chunk);
    } catch (thrown) {
      this.#run.end({ reason: thrown });
    }
  }
}
