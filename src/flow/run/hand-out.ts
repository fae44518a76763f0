import type { WorkDefinition } from '../../wire/message/message.ts';
import type { Chunk } from '../chunk/chunk.ts';
import type { Supply } from '../chunk/supply.ts';
import type { Isolation } from './isolation.ts';
import type { RunPlan } from './run-plan.ts';
import type { Settlement } from './settle.ts';

/** The run whose items are handed out. */
export interface SuppliedRun {
  readonly supply: Supply;
  readonly definition: WorkDefinition | undefined;
  readonly isOver: boolean;
  /** Tells the run's pool that there are chunks. */
  wake(): void;
  end(failure: { readonly reason: unknown }): void;
}

/** Hands items out: makes chunks for the workers of what the source gives, and takes in what comes back. */
export class HandOut {
  readonly #run: SuppliedRun;
  readonly #plan: RunPlan;
  readonly #settlement: Settlement;
  readonly #isolation: Isolation;

  constructor(run: SuppliedRun, plan: RunPlan, settlement: Settlement, isolation: Isolation) {
    this.#run = run;
    this.#plan = plan;
    this.#settlement = settlement;
    this.#isolation = isolation;
  }

  nextChunk(): Chunk | undefined {
    if (this.#run.isOver || this.#run.definition === undefined) return undefined;
    // When items run largest first, those before the one that said `stop` may still be in the source.
    const isHalted = this.#settlement.ledger.isHalted && this.#plan.declared === undefined;
    const room = isHalted ? 0 : (this.#plan.receiver.room?.() ?? Infinity);
    let chunk: Chunk | undefined;
    try {
      chunk = this.#run.supply.take(room, this.#plan.workers * 3);
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
    if (this.#settlement.salvage.failIfDead(chunk)) {
      // One chunk fails a turn, so that an endless source does not hold up the event loop.
      setImmediate(() => this.#run.wake());
      return undefined;
    }
    if (this.#isolation.takeSuspects(chunk)) return this.nextChunk();
    if (this.#isolation.isOffered) this.#tellBegun(chunk);
    return this.#run.isOver ? undefined : chunk;
  }

  /** Takes back an isolated item that may run on a thread after all. */
  acquit(chunk: Chunk): void {
    if (this.#run.isOver) return;
    this.#run.supply.giveBack(chunk);
    this.#run.wake();
  }

  /** Takes back items that did not begin. */
  giveBack(chunk: Chunk): void {
    if (this.#run.isOver || this.#isolation.takeBack(chunk)) return;
    this.#run.supply.giveBack(chunk);
    this.#run.wake();
  }

  #tellBegun(chunk: Chunk): void {
    try {
      for (const listener of this.#plan.listeners) listener.begun?.(chunk);
    } catch (thrown) {
      this.#run.end({ reason: thrown });
    }
  }
}
