import { type AsyncContext, captureContext } from '../../async-context.ts';
import { createDeferred, raceTime } from '../../deferred.ts';
import type { WorkerError } from '../../errors.ts';
import type { ResourceLimits } from '../../options.ts';
import type { ObjectDefinition, Outcome, StreamStep } from '../../wire/remote/protocol.ts';
import { RemoteStream } from '../../wire/remote/remote-stream.ts';
import {
  type CallContext,
  type CallSite,
  decodeFailure,
  makeArgumentError,
  makeClosedError,
  makeCutError,
  makeCutCallError,
  makeCutCloseError,
  makeDeadError,
  makeLateStartError,
  makeResultError,
  makeStartError,
  makeWorkerError,
} from './failures.ts';
import { ObjectThread } from './object-thread.ts';
import type { PendingCall } from './pending-call.ts';
import type { Restarts } from './restarts.ts';

export interface SupervisedPlan {
  /** For messages: the name of the class or function, or the URL. */
  readonly name: string;
  readonly definition: ObjectDefinition;
  readonly args: readonly unknown[];
  readonly resourceLimits: ResourceLimits | undefined;
  /** In ms, up to Infinity. */
  readonly startTimeout: number;
  readonly closeTimeout: number;
  readonly restarts: Restarts | undefined;
  readonly isIdempotent: boolean;
  readonly onRestart: (restarts: number, error: WorkerError) => void;
  /** Where `spawn` was called. */
  readonly site: CallSite;
}

type State =
  | { readonly kind: 'running'; readonly thread: ObjectThread }
  /** Calls wait. */
  | { readonly kind: 'starting'; readonly thread: ObjectThread | undefined }
  /** Calls reject. */
  | { readonly kind: 'over'; readonly makeReason: (call: CallContext) => unknown };

/** Why there is no object: what `spawn` rejects with, and how a restart counts it. */
interface Failure {
  readonly reason: unknown;
  readonly error: WorkerError | undefined;
}

/** One object on one thread at a time: sends calls to it, and makes a fresh one when its thread has died. */
export class Supervised {
  readonly #plan: SupervisedPlan;
  /** The making of the object, as a call. */
  readonly #making: CallContext;
  /** That of `spawn`, for what is the caller's at a restart. */
  readonly #context: AsyncContext = captureContext();
  #state: State = { kind: 'starting', thread: undefined };
  /** The last one that was started, which may have ended. */
  #thread: ObjectThread | undefined;
  #waiting: PendingCall[] = [];
  #pending = 0;
  #onIdle: (() => void) | undefined;
  #pause: { readonly timer: NodeJS.Timeout; readonly end: () => void } | undefined;
  #closing: Promise<void> | undefined;

  constructor(plan: SupervisedPlan) {
    this.#plan = plan;
    this.#making = { name: plan.name, index: 0, attempts: 1, site: plan.site };
  }

  /** How many calls, and steps of streams, have not settled. */
  get pending(): number {
    return this.#pending;
  }

  /** Whether all calls reject from now on. */
  get isOver(): boolean {
    return this.#state.kind === 'over';
  }

  /** Makes the first object. Rejects with what its constructor threw. */
  async start(): Promise<void> {
    this.#hold();
    try {
      const failure = await this.#make();
      if (failure === undefined) return;
      this.#end(() => failure.reason);
      throw failure.reason;
    } finally {
      this.#release();
    }
  }

  /** Settles the call, in any case. */
  call(call: PendingCall): void {
    this.#hold();
    const state = this.#state;
    if (state.kind === 'over') this.#fail(call, state.makeReason(call));
    else if (this.#closing !== undefined) this.#fail(call, makeClosedError(call));
    else if (state.kind === 'running') this.#send(call, state.thread);
    else this.#waiting.push(call);
  }

  /** Waits for pending calls, disposes the object and ends its thread. Rejects when the disposal failed, or took too long. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends the thread at once. Pending calls, and all further ones, reject with the reason. */
  async abort(reason: unknown): Promise<void> {
    const state = this.#state;
    if (state.kind === 'over') return;
    this.#end(() => reason);
    await state.thread?.stop();
  }

  async #close(): Promise<void> {
    const { closeTimeout } = this.#plan;
    const closing = this.#closeInOrder();
    if (await raceTime(closing, closeTimeout, false)) return;
    const error = makeCutCloseError(this.#making, closeTimeout, this.#pending);
    this.#end((call) => makeCutCallError(call, closeTimeout));
    await this.#thread?.stop();
    // It ends with its thread, as what that one leaves unsaid.
    await closing.catch(() => {});
    throw error;
  }

  async #closeInOrder(): Promise<void> {
    if (this.#pending > 0) {
      const idle = createDeferred();
      this.#onIdle = idle.resolve;
      await idle.promise;
    }
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

  /** Makes an object on a thread of its own. Gives the failure when there is none. */
  async #make(): Promise<Failure | undefined> {
    const { definition, args, resourceLimits, startTimeout, site } = this.#plan;
    let thread: ObjectThread;
    try {
      thread = new ObjectThread(resourceLimits, () => this.#onExit(thread));
    } catch (thrown) {
      const death = { reason: 'crash', exitCode: undefined, thrown } as const;
      const error = makeStartError(this.#making, death);
      return { reason: error, error };
    }
    this.#thread = thread;
    this.#state = { kind: 'starting', thread };
    this.#keepAlive();
    // What is lent to a constructor is lent for as long as the object lives.
    const request = { kind: 'start', definition, args: thread.loans.lend(args).args } as const;
    const asking = thread.ask(request);
    if (!(await raceTime(asking, startTimeout, false))) {
      const error = makeLateStartError(this.#making, startTimeout);
      await thread.stop();
      return { reason: error, error };
    }
    const outcome = await asking;
    const state = this.#state as State;
    if (state.kind === 'over') return { reason: state.makeReason(this.#making), error: undefined };
    if (outcome.kind === 'value') {
      this.#run(thread);
      return undefined;
    }
    if (outcome.kind === 'gone' && thread.death !== undefined) {
      const error = thread.hasStarted
        ? makeWorkerError(this.#making, 'was being made', thread.death)
        : makeStartError(this.#making, thread.death);
      return { reason: error, error };
    }
    await thread.stop();
    const reason =
      outcome.kind === 'thrown'
        ? decodeFailure(outcome.thrown, site)
        : makeArgumentError(this.#making, args, outcome.kind === 'unsent' ? outcome.thrown : outcome.kind);
    const death = { reason: 'crash', exitCode: undefined, thrown: reason } as const;
    return { reason, error: makeWorkerError(this.#making, 'was being made again', death) };
  }

  #run(thread: ObjectThread): void {
    this.#state = { kind: 'running', thread };
    this.#keepAlive();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) this.#send(call, thread);
  }

  #onExit(thread: ObjectThread): void {
    const state = this.#state;
    if (state.kind !== 'running' || state.thread !== thread || thread.death === undefined) return;
    const error = makeWorkerError(this.#making, 'was idle or busy', thread.death);
    void this.#context(() => this.#restart(error));
  }

  async #restart(error: WorkerError): Promise<void> {
    const { restarts, onRestart } = this.#plan;
    for (let last = error; ;) {
      const delay = restarts?.next();
      if (restarts === undefined || delay === undefined) {
        this.#end((call) => makeDeadError(call, last, restarts?.describe()));
        return;
      }
      this.#state = { kind: 'starting', thread: undefined };
      await this.#sleep(delay);
      if (this.isOver) return;
      const failure = await this.#make();
      if (failure === undefined) {
        onRestart(restarts.count, last);
        return;
      }
      if (failure.error === undefined) return;
      last = failure.error;
    }
  }

  #send(call: PendingCall, thread: ObjectThread): void {
    let outcome: Promise<Outcome>;
    try {
      outcome = call.send(thread);
    } catch (thrown) {
      // A getter of an argument.
      this.#fail(call, makeArgumentError(call, call.values, thrown));
      return;
    }
    void outcome.then((settled) => this.#settle(call, thread, settled));
  }

  #settle(call: PendingCall, thread: ObjectThread, outcome: Outcome): void {
    if (outcome.kind === 'stream') {
      const ask = (step: StreamStep): Promise<IteratorResult<unknown, unknown>> =>
        this.#askStep(call, thread, step);
      call.resolve(new RemoteStream(outcome.stream, ask, () => call.endLoan()));
      this.#release();
      return;
    }
    if (outcome.kind === 'value') {
      call.endLoan();
      call.resolve(outcome.value);
      this.#release();
      return;
    }
    if (outcome.kind === 'gone' && this.#plan.isIdempotent && call.mayRepeat && !this.isOver) {
      call.endLoan();
      if (this.#state.kind === 'running') this.#send(call, this.#state.thread);
      else this.#waiting.push(call);
      return;
    }
    this.#fail(call, this.#makeReason(call, thread, outcome));
  }

  /** A step of a stream is a call like any other, but that it is never repeated. */
  async #askStep(
    call: PendingCall,
    thread: ObjectThread,
    step: StreamStep,
  ): Promise<IteratorResult<unknown, unknown>> {
    this.#hold();
    try {
      const outcome = await thread.ask(step);
      if (outcome.kind === 'step') return { done: outcome.done, value: outcome.value };
      if (outcome.kind === 'gone') {
        // Nothing is left to close: a reader who leaves is told of nothing.
        if (step.kind === 'return') return { done: true, value: step.value };
        const state = this.#state;
        const isClosed = state.kind === 'over' && state.makeReason === makeClosedError;
        if (isClosed && thread.death === undefined) throw makeCutError(call);
      }
      // The iterator is still open there, and nobody will read on.
      if (outcome.kind === 'uncloneable' || outcome.kind === 'unsent')
        await thread.ask({ kind: 'return', stream: step.stream, value: undefined });
      throw this.#makeReason(call, thread, outcome);
    } finally {
      this.#release();
    }
  }

  #makeReason(call: PendingCall, thread: ObjectThread, outcome: Outcome): unknown {
    switch (outcome.kind) {
      case 'thrown':
        return decodeFailure(outcome.thrown, call.site);
      case 'aborted':
        return call.findSignal(outcome.signal)?.reason;
      case 'unsent':
        return makeArgumentError(call, call.values, outcome.thrown);
      case 'uncloneable':
        return makeResultError(call, outcome.path, outcome.reason);
      case 'gone':
        if (thread.death !== undefined) return makeWorkerError(call, 'was pending', thread.death);
        return this.#state.kind === 'over' ? this.#state.makeReason(call) : makeClosedError(call);
      case 'value':
      case 'stream':
      case 'step':
        return new TypeError(`Expected an answer to \`${call.name}\`, got a ${outcome.kind}.`);
    }
  }

  #fail(call: PendingCall, reason: unknown): void {
    call.endLoan();
    call.reject(reason);
    this.#release();
  }

  /** From now on calls reject; those that wait do at once. */
  #end(makeReason: (call: CallContext) => unknown): void {
    this.#state = { kind: 'over', makeReason };
    this.#pause?.end();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) this.#fail(call, makeReason(call));
  }

  async #sleep(ms: number): Promise<void> {
    const pause = createDeferred();
    this.#pause = { timer: setTimeout(pause.resolve, ms), end: pause.resolve };
    this.#keepAlive();
    await pause.promise;
    clearTimeout(this.#pause.timer);
    this.#pause = undefined;
  }

  #hold(): void {
    this.#pending++;
    if (this.#pending === 1) this.#keepAlive();
  }

  #release(): void {
    this.#pending--;
    if (this.#pending > 0) return;
    this.#keepAlive();
    this.#onIdle?.();
  }

  /** The process stays for calls, and not for an object that nobody waits for. */
  #keepAlive(): void {
    const isNeeded = this.#pending > 0;
    if (this.#state.kind !== 'over') this.#state.thread?.keepAlive(isNeeded);
    if (isNeeded) this.#pause?.timer.ref();
    else this.#pause?.timer.unref();
  }
}
