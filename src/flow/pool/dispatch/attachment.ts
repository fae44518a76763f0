import type { RemoteCounts } from '../../../progress/summary.ts';
import type { Work } from '../../work/work.ts';
import type { Dispatcher } from '../../work/dispatcher.ts';

/** A run's queue on a pool, from when it joins until it leaves. */
export class Attachment {
  readonly #dispatch: Dispatcher;
  readonly #work: Work;

  constructor(dispatch: Dispatcher, work: Work) {
    this.#dispatch = dispatch;
    this.#work = work;
  }

  /** Whether a worker has a chunk of the queue. */
  get isBusy(): boolean {
    return this.#dispatch.holds(this.#work);
  }

  /** Whether a worker runs items of the queue; `undefined` where that is not known. */
  get isRunning(): boolean | undefined {
    return this.#dispatch.isRunning?.(this.#work);
  }

  /** Milliseconds between asking a worker to stop and stopping it. */
  get grace(): number {
    return this.#dispatch.grace;
  }

  /** Counts of a run on other machines. */
  get remote(): RemoteCounts | undefined {
    return this.#dispatch.countRemote?.(this.#work);
  }

  /** Joins the pool. Up to `workers` workers start now. */
  attach(workers: number): void {
    this.#dispatch.attach(this.#work, workers);
  }

  /** Tells the pool that the queue may have chunks again. */
  wake(): void {
    this.#dispatch.wake(this.#work);
  }

  /** Ends what is in progress within the grace time. */
  withdraw(): Promise<void> | undefined {
    return this.#dispatch.withdraw(this.#work);
  }

  /** Leaves the pool, whose workers then forget the task. */
  detach(): void {
    this.#dispatch.detach(this.#work);
  }
}
