import { isThenable } from '../../async/iterator-step.ts';
import { PromiseSource } from '../../flow/source/promise-source.ts';
import { FailedPlaceholder, NOTHING, Placeholder, type Source } from '../../flow/source/source.ts';
import type { Flow, Page } from './flow.ts';
import { type Position, positionAt, type Tracking } from '../position/position.ts';
import { Wakeup } from './wakeup.ts';

export interface BatchPlan {
  readonly size: number;
  /** Milliseconds that the first item of a batch waits for the others. */
  readonly maxWait: number | undefined;
  readonly tracking: Tracking | undefined;
  /**
   * Tells whether the source has ended because the run is to stop: what a batch lacks will come when the run goes on.
   */
  readonly isCut: () => boolean;
}

/** Groups items as arrays. The last array may be smaller. */
export class BatchFlow implements Flow<Page> {
  #source: Source;
  readonly #plan: BatchPlan;
  readonly #wakeup = new Wakeup();
  #batch: unknown[] = [];
  #index: number;
  position: Position | undefined;
  #dueAt = Infinity;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(source: Source, plan: BatchPlan) {
    this.#source = source;
    this.#plan = plan;
    this.position = plan.tracking?.start;
    this.#index = this.position?.index ?? 0;
    source.readAhead = Math.max(source.readAhead ?? 0, plan.size);
    source.onReady(() => this.#wakeup.call());
  }

  async next(): Promise<Page | undefined> {
    while (!this.#isClosed) {
      this.#fill();
      const isDue = performance.now() >= this.#dueAt;
      const isFull = this.#batch.length >= this.#plan.size;
      const isLast = this.#source.isEnded && !this.#plan.isCut();
      if (isFull || ((isDue || isLast) && this.#batch.length > 0)) return [this.#take()];
      if (this.#source.isEnded) return undefined;
      await this.#wakeup.wait();
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#wakeup.call();
    await this.#source.close();
  }

  #fill(): void {
    const { size, maxWait } = this.#plan;
    while (this.#batch.length < size) {
      const item = this.#source.next();
      if (item === NOTHING) return;
      if (isThenable(item)) {
        // From the first promise on, items wait for their turn.
        this.#source = new PromiseSource(this.#source, item);
        this.#source.onReady(() => this.#wakeup.call());
        continue;
      }
      if (Placeholder.is(item) && item instanceof FailedPlaceholder) throw item.thrown;
      this.#batch.push(item);
      if (this.#batch.length > 1 || maxWait === undefined) continue;
      this.#dueAt = performance.now() + maxWait;
      // The timer has a millisecond more: timers may fire early by a part of one.
      this.#timer = setTimeout(() => this.#wakeup.call(), maxWait + 1);
    }
  }

  #take(): unknown[] {
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
    const batch = this.#batch;
    this.#batch = [];
    this.#index += batch.length;
    const { tracking } = this.#plan;
    if (tracking !== undefined) this.position = positionAt(tracking, this.#index, 0);
    return batch;
  }
}
