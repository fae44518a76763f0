import { setTimeout as sleep } from 'node:timers/promises';
import { type ItemError, TaskTimeoutError } from '../../errors/item-errors.ts';
import type { FailedAt, Failures } from '../../flow/failure/failures.ts';
import { isGenerator, isThenable } from '../../async/iterator-step.ts';
import type { RetryPolicy } from '../../options/retries.ts';
import { skip, stop } from '../../wire/message/outcome.ts';
import type { ErrorPolicy } from '../stage/dead-letters.ts';
import type { StageCount } from '../stage/pipeline-counts.ts';
import { HeldResults } from './held-results.ts';
import type { Pace } from '../../limiter/pace.ts';

/** The third argument of an I/O stage's function. */
export interface IoContext {
  /** 1 at the first try of this item, 2 at the second. */
  readonly attempt: number;
  /** Fires when the call should end: its time is over, or the run is. Pass it on to what waits. */
  readonly signal: AbortSignal;
  /** Whether `signal` has fired. */
  readonly aborted: boolean;
}

export interface IoPlan {
  readonly fn: (item: unknown, index: number, context: IoContext) => unknown;
  readonly concurrency: number;
  readonly isOrdered: boolean;
  readonly retries: RetryPolicy;
  readonly timeout: number | undefined;
  readonly pace: Pace | undefined;
  readonly policy: ErrorPolicy;
  readonly count: StageCount;
  /** Makes the errors of the stage, with the line of the call. */
  readonly failures: Failures;
  readonly onItem: ((count: number) => void) | undefined;
  readonly onSkipped: (count: number) => void;
}

/** One item in an I/O stage, through all its tries. */
export class IoCall {
  /** Resolves when the call is over; never rejects. */
  readonly ended: Promise<void>;
  outcome: 'pending' | 'done' | 'stopped' | 'dropped' | 'failed' = 'pending';
  error: ItemError | undefined;

  #item: unknown;
  readonly #plan: IoPlan;
  readonly #index: number;
  readonly #onResult: () => void;
  readonly #results = new HeldResults();
  #controller: AbortController | undefined;
  #isAborted = false;

  constructor(plan: IoPlan, item: unknown, index: number, onResult: () => void) {
    this.#plan = plan;
    this.#item = item;
    this.#index = index;
    this.#onResult = onResult;
    this.ended = this.#run();
  }

  /** Item of the call; `undefined` for a promise that gave none. */
  get item(): unknown {
    return isThenable(this.#item) ? undefined : this.#item;
  }

  get isDone(): boolean {
    return this.outcome !== 'pending' && this.#results.isEmpty;
  }

  /** Number of results of the call that were taken. */
  get taken(): number {
    return this.#results.taken;
  }

  /** Moves the results of the call so far to `results`. */
  take(results: unknown[]): void {
    this.#results.take(results);
  }

  /** Asks the call to end; nobody waits for its results any more. */
  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
    this.#results.release();
  }

  async #run(): Promise<void> {
    const { retries, policy, count } = this.#plan;
    for (let attempt = 1; ; attempt++) {
      try {
        this.outcome = await this.#try(attempt);
        return;
      } catch (thrown) {
        const error = this.#makeError(thrown, attempt);
        // Results that were already taken would come twice.
        const mayRetry = !this.#isAborted && attempt <= retries.most && !(thrown instanceof HalfDone);
        try {
          if (mayRetry && retries.when(error)) {
            count.retried++;
            await this.#sleep(retries.delay(attempt));
            if (!this.#isAborted) continue;
          }
          this.error = error;
        } catch (wrong) {
          this.error = this.#makeError(wrong, attempt);
        }
        this.outcome = policy === undefined ? 'failed' : 'dropped';
        return;
      }
    }
  }

  async #try(attempt: number): Promise<'done' | 'stopped'> {
    const { fn, timeout } = this.#plan;
    this.#controller = undefined;
    const isAborted = (): boolean => this.#isAborted || this.#controller?.signal.aborted === true;
    const openSignal = (): AbortSignal => {
      this.#controller ??= new AbortController();
      if (this.#isAborted) this.#controller.abort();
      return this.#controller.signal;
    };
    const context: IoContext = {
      attempt,
      get signal() {
        return openSignal();
      },
      get aborted() {
        return isAborted();
      },
    };
    if (isThenable(this.#item)) this.#item = await this.#item;
    const called = fn(this.#item, this.#index, context);
    const value = timeout === undefined ? await called : await this.#limit(called, timeout, attempt);
    if (value === skip) {
      this.#plan.onSkipped(1);
      return 'done';
    }
    if (value === stop) return 'stopped';
    if (isGenerator(value)) return await this.#expand(value as AsyncGenerator);
    this.#results.add(value);
    return 'done';
  }

  /** Expands a generator. Its results leave while it runs; it waits while too many of them wait to be taken. */
  async #expand(generator: AsyncGenerator): Promise<'done' | 'stopped'> {
    let hasYielded = false;
    try {
      for await (const value of generator) {
        if (this.#isAborted) break;
        if (value === stop) return 'stopped';
        if (value === skip) continue;
        this.#results.add(value);
        hasYielded = true;
        this.#onResult();
        const room = this.#results.awaitRoom();
        if (room !== undefined) await room;
      }
      return 'done';
    } catch (thrown) {
      throw hasYielded ? new HalfDone(thrown) : thrown;
    }
  }

  async #limit(called: unknown, timeout: number, attempts: number): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(this.#plan.failures.ofTimeout(this.#describe(attempts)));
        this.#controller?.abort();
      }, timeout);
    });
    try {
      return await Promise.race([called, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #sleep(delay: number): Promise<void> {
    if (!(delay > 0)) return;
    this.#controller = new AbortController();
    // A sleep that rejects says that the run is over, which `#isAborted` does as well.
    await sleep(delay, undefined, { signal: this.#controller.signal }).catch(() => {});
  }

  #makeError(thrown: unknown, attempts: number): ItemError {
    if (thrown instanceof TaskTimeoutError) return thrown;
    const cause = thrown instanceof HalfDone ? thrown.thrown : thrown;
    return this.#plan.failures.ofTask(this.#describe(attempts), cause);
  }

  #describe(attempts: number): FailedAt {
    const { item } = this;
    const index = this.#index;
    // A stage that the user did not write has no name.
    const stage = this.#plan.count.name || undefined;
    return { index, attempts, item, named: { index, attempts, stage } };
  }
}

/** Carries what a generator threw after it had yielded. */
class HalfDone {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    this.thrown = thrown;
  }
}
