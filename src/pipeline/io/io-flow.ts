import { raceTime } from '../../async/deferred.ts';
import { Placeholder, FailedPlaceholder, NOTHING, type Source } from '../../flow/source/source.ts';
import type { Flow, Page } from '../flows/flow.ts';
import type { Position, Tracking } from '../position/position.ts';
import { IoCall, type IoPlan } from './io-call.ts';
import { IoProgress } from './io-progress.ts';
import { Wakeup } from '../flows/wakeup.ts';

/** The most calls that may be ahead of the oldest one that is not done, in multiples of the concurrency. */
const AHEAD = 2;
/** Milliseconds for which calls that were told to stop are waited for. */
const SETTLE = 1000;

/** A stage on the event loop: a number of calls at once, whose results leave in input order, or as they come. */
export class IoFlow implements Flow<Page> {
  readonly #source: Source;
  readonly #plan: IoPlan;
  readonly #progress: IoProgress;
  readonly #wakeup = new Wakeup();
  /** Calls that have not left, in input order. */
  readonly #calls: IoCall[] = [];
  #pending = 0;
  #index: number;
  #paceTimer: NodeJS.Timeout | undefined;
  /**
   * True when no further call is to begin: one has failed or said `stop`, the source has ended, or nobody wants more.
   */
  #isStopped = false;
  #failure: { readonly reason: unknown } | undefined;
  #closing: Promise<void> | undefined;

  constructor(source: Source, plan: IoPlan, tracking?: Tracking) {
    this.#source = source;
    this.#plan = plan;
    this.#progress = new IoProgress(tracking);
    this.#index = tracking?.start.index ?? 0;
    source.readAhead = Math.max(source.readAhead ?? 0, plan.concurrency);
    source.onReady(() => {
      this.#begin();
      this.#wakeup.call();
    });
  }

  get position(): Position | undefined {
    return this.#progress.position;
  }

  async next(): Promise<Page | undefined> {
    for (;;) {
      this.#begin();
      const results: unknown[] = [];
      await this.#takeDone(results);
      // Items are behind the flow also where nothing has come out of them.
      const isFurther = this.#progress.update(this.#calls[0]);
      if (results.length > 0 || (isFurther && this.#failure === undefined)) return results;
      if (this.#failure !== undefined && this.#calls.length === 0) throw this.#failure.reason;
      if (this.#calls.length === 0 && (this.#isStopped || this.#source.isEnded)) return undefined;
      await this.#wakeup.wait();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#paceTimer);
    const running = this.#calls.filter((call) => !call.isDone);
    for (const call of running) call.abort();
    this.#wakeup.call();
    await raceTime(Promise.all(running.map((call) => call.ended)), SETTLE);
    this.#calls.length = 0;
    this.#wakeup.call();
    await this.#source.close();
  }

  /** Begins as many calls as may begin now. */
  #begin(): void {
    const { concurrency, pace, count, onItem } = this.#plan;
    while (!this.#isStopped && this.#pending < concurrency && this.#calls.length < AHEAD * concurrency) {
      const wait = pace?.look() ?? 0;
      if (wait > 0) {
        this.#paceTimer ??= setTimeout(() => {
          this.#paceTimer = undefined;
          this.#begin();
        }, wait);
        return;
      }
      let item: unknown;
      try {
        item = this.#source.next();
      } catch (thrown) {
        // The calls before the failure still end.
        this.#isStopped = true;
        this.#failure = { reason: thrown };
        this.#wakeup.call();
        return;
      }
      if (item === NOTHING) return;
      pace?.take();
      this.#pending++;
      count.items++;
      onItem?.(1);
      const call = new IoCall(
        this.#plan,
        Placeholder.is(item) && item instanceof FailedPlaceholder ? Promise.reject(item.thrown) : item,
        this.#index++,
        () => this.#wakeup.call(),
      );
      this.#calls.push(call);
      void call.ended.then(() => {
        this.#pending--;
        if (call.outcome === 'failed' || call.outcome === 'stopped') this.#isStopped = true;
        this.#begin();
        this.#wakeup.call();
      });
    }
  }

  /** Takes what may leave now; what failed leaves as an error, a dead letter, or nothing. */
  async #takeDone(results: unknown[]): Promise<void> {
    const { isOrdered, policy, count } = this.#plan;
    // A call that `close` cuts off is no failure of its item: it is not written down as one.
    if (this.#closing !== undefined) return;
    for (let at = 0; at < this.#calls.length;) {
      const call = this.#calls[at] as IoCall;
      call.take(results);
      if (!call.isDone) {
        if (isOrdered) return;
        at++;
        continue;
      }
      this.#calls.splice(at, 1);
      this.#progress.leave(call);
      // No call is to begin from here on: `ended` of this call may be heard of only after that of a later one, which
      // would begin another.
      if (call.outcome === 'failed' || call.outcome === 'stopped') this.#isStopped = true;
      if (call.outcome === 'failed') {
        count.failed++;
        this.#calls.forEach((later) => later.abort());
        this.#calls.length = 0;
        this.#failure = { reason: call.error };
        return;
      }
      if (call.outcome === 'dropped' && call.error !== undefined) {
        count.failed++;
        await policy?.write({ stage: count.name, item: call.item, error: call.error });
      }
      if (call.outcome === 'stopped') {
        // What comes after the call that said `stop` does not count.
        const later = isOrdered ? this.#calls.splice(at) : [];
        for (const other of later) other.abort();
        if (isOrdered) return;
      }
    }
  }
}
