import { type AsyncContext, captureContext } from '../../async/async-context.ts';
import { raceTime } from '../../async/deferred.ts';
import type { WorkerError } from '../../errors/item-errors.ts';
import type { ResourceLimits } from '../../options/pool-options.ts';
import type { ObjectDefinition } from '../../wire/remote/protocol.ts';
import {
  type CallContext,
  type CallSite,
  decodeFailure,
  describeFailedStart,
  describeNoThread,
  type FailedStart,
  makeClosedError,
  makeCutCallError,
  makeCutCloseError,
  makeDeadError,
  makeLateStartError,
  makeWorkerError,
} from './failures.ts';
import { ObjectThread } from './object-thread.ts';
import { type PendingCall, Unsettled } from './pending-call.ts';
import { Pause, type Restarts } from './restarts.ts';
import { type CallHost, failCall, sendCall } from './settle-call.ts';

export interface SupervisedPlan {
  /** Name of the class or function, or the URL, for messages. */
  readonly name: string;
  readonly definition: ObjectDefinition;
  readonly args: readonly unknown[];
  readonly resourceLimits: ResourceLimits | undefined;
  /** Longest start in ms, up to Infinity. */
  readonly startTimeout: number;
  readonly closeTimeout: number;
  readonly restarts: Restarts | undefined;
  readonly isIdempotent: boolean;
  readonly onRestart: (restarts: number, error: WorkerError) => void;
  /** The place where `spawn` was called. */
  readonly site: CallSite;
}

type State =
  | { readonly kind: 'running'; readonly thread: ObjectThread }
  /** The object is being made, and calls wait. */
  | { readonly kind: 'starting'; readonly thread: ObjectThread | undefined }
  /** The object is gone for good, and calls reject. */
  | { readonly kind: 'over'; readonly makeReason: (call: CallContext) => unknown };

/** One object on one thread at a time: sends calls to it, and makes a fresh one when its thread has died. */
export class Supervised implements CallHost {
  readonly unsettled: Unsettled = new Unsettled(() => this.#keepAlive());
  /** The last thread that was started, which may have ended. */
  thread: ObjectThread | undefined;
  readonly #plan: SupervisedPlan;
  /** The making of the object, described as a call, for its errors. */
  readonly #making: CallContext;
  /** The context of the call of `spawn`, for what is the caller's at a restart. */
  readonly #context: AsyncContext = captureContext();
  #state: State = { kind: 'starting', thread: undefined };
  readonly #waiting: PendingCall[] = [];
  #pause: Pause | undefined;
  #closing: Promise<void> | undefined;

  constructor(plan: SupervisedPlan) {
    this.#plan = plan;
    this.#making = { name: plan.name, index: 0, attempts: 1, site: plan.site };
  }

  /** Whether all calls reject from now on. */
  get isOver(): boolean {
    return this.#state.kind === 'over';
  }

  get isIdempotent(): boolean {
    return this.#plan.isIdempotent;
  }

  get makeReason(): ((call: CallContext) => unknown) | undefined {
    return this.#state.kind === 'over' ? this.#state.makeReason : undefined;
  }

  /** Makes the first object. Rejects with what its constructor threw. */
  async start(): Promise<void> {
    this.unsettled.hold();
    try {
      const failure = await this.#make();
      if (failure === undefined) return;
      this.#end(() => failure.reason);
      throw failure.reason;
    } finally {
      this.unsettled.release();
    }
  }

  /** Settles the call, in any case. */
  call(call: PendingCall): void {
    this.unsettled.hold();
    const state = this.#state;
    if (state.kind === 'over') failCall(this, call, state.makeReason(call));
    else if (this.#closing !== undefined) failCall(this, call, makeClosedError(call));
    else if (state.kind === 'running') sendCall(this, call, state.thread);
    else this.#waiting.push(call);
  }

  /** Runs a call once more whose thread has died: now, or on the next thread. */
  repeat(call: PendingCall): void {
    if (this.#state.kind === 'running') sendCall(this, call, this.#state.thread);
    else this.#waiting.push(call);
  }

  /** Waits for pending calls, disposes the object, ends its thread. Rejects when disposal failed, or took too long. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends the thread at once, also one that disposes its object. All calls reject with the reason from now on. */
  async abort(reason: unknown): Promise<void> {
    if (this.isOver && this.#closing === undefined) return;
    this.#end(() => reason);
    await this.thread?.stop();
  }

  async #close(): Promise<void> {
    const { closeTimeout } = this.#plan;
    const closing = this.#closeInOrder();
    if (await raceTime(closing, closeTimeout, false)) return;
    const error = makeCutCloseError(this.#making, closeTimeout, {
      calls: this.unsettled.count,
      callbacks: this.thread?.proxied.served ?? 0,
    });
    this.#end((call) => makeCutCallError(call, closeTimeout));
    await this.thread?.stop();
    // The closing in order ends with its thread; a failure of its own is not told beside `error`.
    await closing.catch(() => {});
    throw error;
  }

  async #closeInOrder(): Promise<void> {
    if (this.unsettled.count > 0) await this.unsettled.idle();
    const state = this.#state;
    if (state.kind === 'over') return;
    this.#end(makeClosedError);
    if (state.kind === 'starting') {
      await state.thread?.stop();
      return;
    }
    const { thread } = state;
    thread.keepAlive(true);
    const outcome = await thread.close();
    if (outcome.kind === 'thrown') throw decodeFailure(outcome.thrown, this.#plan.site);
    if (outcome.kind === 'gone' && thread.death !== undefined) {
      throw makeWorkerError(this.#making, 'was being disposed', thread.death);
    }
  }

  /** Makes an object on a thread of its own. Resolves with the failure when there is no object. */
  async #make(): Promise<FailedStart | undefined> {
    const { definition, args, resourceLimits, startTimeout } = this.#plan;
    let thread: ObjectThread;
    try {
      thread = new ObjectThread(resourceLimits, () => this.#onExit(thread));
    } catch (thrown) {
      return describeNoThread(this.#making, thrown);
    }
    this.thread = thread;
    this.#state = { kind: 'starting', thread };
    this.#keepAlive();
    const outcome = await thread.make(definition, args, startTimeout);
    if (outcome === undefined) {
      const error = makeLateStartError(this.#making, startTimeout);
      await thread.stop(true);
      return { reason: error, error };
    }
    const state = this.#state as State;
    if (state.kind === 'over') return { reason: state.makeReason(this.#making), error: undefined };
    if (outcome.kind === 'value') {
      this.#state = { kind: 'running', thread };
      this.#keepAlive();
      for (const call of this.#waiting.splice(0)) sendCall(this, call, thread);
      return undefined;
    }
    const isGone = outcome.kind === 'gone' && thread.death !== undefined;
    if (!isGone) await thread.stop();
    return describeFailedStart(this.#making, thread, args, outcome);
  }

  #onExit(thread: ObjectThread): void {
    const state = this.#state;
    if (state.kind !== 'running' || state.thread !== thread || thread.death === undefined) return;
    const error = makeWorkerError(this.#making, 'was idle or busy', thread.death);
    void this.#context(() => this.#restart(error)).catch((thrown: unknown) => this.#end(() => thrown));
  }

  /** Rejects with what the `backoff` function threw. */
  async #restart(error: WorkerError): Promise<void> {
    const { restarts, onRestart } = this.#plan;
    for (let last = error; ;) {
      const delay = restarts?.next();
      if (restarts === undefined || delay === undefined) {
        this.#end((call) => makeDeadError(call, last, restarts?.describe()));
        return;
      }
      this.#state = { kind: 'starting', thread: undefined };
      this.#pause = new Pause(delay);
      this.#keepAlive();
      await this.#pause.over;
      this.#pause = undefined;
      if (this.isOver) return;
      const failure = await this.#make();
      if (failure === undefined) {
        onRestart(restarts.count, last);
        return;
      }
      // The object may have been closed, or aborted, while the thread of the failed start was ended.
      if (failure.error === undefined || this.isOver) return;
      last = failure.error;
    }
  }

  /** Makes all calls reject from now on; calls that wait do so at once. */
  #end(makeReason: (call: CallContext) => unknown): void {
    this.#state = { kind: 'over', makeReason };
    this.#pause?.end();
    for (const call of this.#waiting.splice(0)) failCall(this, call, makeReason(call));
  }

  /** Keeps the process alive for calls, and not for an object that nobody waits for. */
  #keepAlive(): void {
    const isNeeded = this.unsettled.count > 0;
    if (this.#state.kind !== 'over') this.#state.thread?.keepAlive(isNeeded);
    this.#pause?.keepAlive(isNeeded);
  }
}
