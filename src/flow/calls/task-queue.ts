import type { AsyncContext } from '../../async/async-context.ts';
import type { ItemError } from '../../errors/item-errors.ts';
import type { WorkerPool } from '../../options/worker-pool.ts';
import type { CapturedTask } from '../../task/definition/definition.ts';
import type { WorkDefinition } from '../../wire/message/message.ts';
import type { Chunk } from '../chunk/chunk.ts';
import { recallService, rememberService, Sizer } from '../chunk/sizing.ts';
import type { FailedAt } from '../failure/failures.ts';
import { RunCounts } from '../outcome/run-counts.ts';
import { Attachment } from '../pool/dispatch/attachment.ts';
import type { IsolatedRun } from '../run/isolation-queue.ts';
import { Isolation } from '../run/isolation.ts';
import { RunTerms } from '../run/run-terms.ts';
import type { Dispatcher } from '../work/dispatcher.ts';
import { listOpen } from '../work/open-queues.ts';
import type { WorkEvents, WorkTerms } from '../work/work.ts';
import type { Call } from './waiting-calls.ts';
import { CallFailures } from './call-failures.ts';
import { CallOutcomes, type OutcomeQueue } from './call-outcomes.ts';
import { CallStrays } from './call-strays.ts';
import { CallWork, type WorkedQueue } from './call-work.ts';
import { CALLS_TIME, WaitingCalls } from './waiting-calls.ts';

/** Terms on which calls share a queue. */
export interface TaskQueuePlan {
  readonly dispatcher: Dispatcher;
  /** The pool, as users have it. */
  readonly pool: WorkerPool;
  /** The function that is called. */
  readonly task: Function;
  /** Milliseconds that a call may take. */
  readonly timeout: number | undefined;
  /** Context in which calls are sent, where their arguments may run what is the caller's. */
  readonly context: AsyncContext;
  /** Hears that the queue takes no further calls. */
  readonly onOver: () => void;
  /** Hears that the queue has no call, and will wake up with the next. `@defaultValue` it is over then */
  readonly onRest?: (queue: TaskQueue) => void;
}

/** Terms of calls: an item is the list of the arguments of one. */
class CallTerms extends RunTerms {
  readonly areCalls = true;
}

/**
 * Calls of one task on their way to the workers of a pool: what a run is to items, without a source, an order and a
 * summary. Calls join it at any time, and each has its outcome by itself. A queue that has none is not on the pool.
 */
export class TaskQueue implements OutcomeQueue, WorkedQueue {
  readonly sizer: Sizer = new Sizer(undefined, () => CALLS_TIME);
  readonly counts: RunCounts;
  readonly isolation: Isolation;
  readonly outcomes: CallOutcomes;
  readonly waiting: WaitingCalls;
  readonly #plan: TaskQueuePlan;
  readonly #terms: RunTerms;
  readonly #attachment: Attachment;
  #state: 'open' | 'resting' | 'over' = 'open';
  #isWakeDue = false;
  #isRestDue = false;

  constructor(plan: TaskQueuePlan) {
    const { dispatcher, pool, task, timeout, context } = plan;
    this.#plan = plan;
    recallService(task, this.sizer);
    // All workers count: another worker may take a call over from behind a long one.
    this.#terms = new CallTerms({ workers: pool.workers, timeout }, this.sizer);
    this.waiting = new WaitingCalls(this.sizer, pool);
    const strays = new CallStrays((number) => this.outcomes.find(number), task.name);
    this.counts = new RunCounts(strays);
    const work = new CallWork(this, this.#terms, context);
    this.isolation = new Isolation(new IsolatedQueue(this, this.#terms, work), { context }, dispatcher);
    this.outcomes = new CallOutcomes(this, new CallFailures(task.name, timeout));
    this.#attachment = new Attachment(dispatcher, work);
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Tells the pool that there may be calls to hand out. */
  wake(): void {
    this.#attachment.wake();
  }

  /** Joins the pool: a worker starts now, unless there are some. */
  open(): void {
    listOpen(this.#plan.pool).add(this);
    this.#attachment.attach(1);
  }

  /** Begins to hand out calls, whose task is known from now on. */
  start(definition: WorkDefinition, store?: CapturedTask): void {
    if (this.isOver) return;
    this.#terms.define(definition, store);
    this.#attachment.wake();
  }

  /** Takes in a call. The first leaves at once; those that are made behind it, in the same turn, leave together. */
  add(call: Call): void {
    const isFirst = this.outcomes.pending === 0;
    if (this.#state === 'resting') {
      this.#state = 'open';
      this.open();
    }
    this.outcomes.add(call);
    this.waiting.add(call);
    if (this.#terms.definition === undefined || this.#isWakeDue) return;
    if (isFirst) {
      this.#attachment.wake();
      return;
    }
    this.#isWakeDue = true;
    void Promise.resolve().then(() => {
      this.#isWakeDue = false;
      if (!this.isOver) this.#attachment.wake();
    });
  }

  giveBack(chunk: Chunk): void {
    if (this.isOver || this.isolation.takeBack(chunk)) return;
    this.waiting.giveBack(chunk);
    this.#attachment.wake();
  }

  /** Leaves the pool once all calls have their outcome; a call that follows in the same turn finds the queue there. */
  settled(): void {
    if (this.outcomes.pending > 0 || this.isOver || this.#isRestDue) return;
    const { onRest } = this.#plan;
    if (onRest === undefined) {
      void this.#close();
      return;
    }
    this.#isRestDue = true;
    setImmediate(() => {
      this.#isRestDue = false;
      if (this.outcomes.pending === 0 && !this.isOver) this.#rest(onRest);
    });
  }

  fail(reason: unknown): void {
    void this.end(() => reason);
  }

  /** Ends all calls of the queue: what runs is told, and stopped after the grace; then they reject. */
  async end(makeReason: (call: Call) => unknown): Promise<void> {
    if (this.isOver) return;
    this.#state = 'over';
    this.#plan.onOver();
    this.waiting.clear();
    this.outcomes.stopRetries();
    await Promise.all([this.#attachment.withdraw(), this.isolation.close()]);
    this.#leave();
    this.outcomes.failAll(makeReason);
  }

  /** Takes no further calls: the task cannot be loaded, so that a call to come is to try anew. */
  retire(): void {
    this.#plan.onOver();
  }

  #leave(): void {
    listOpen(this.#plan.pool).delete(this);
    this.#attachment.detach();
  }

  /** Leaves the pool until the next call. */
  #rest(onRest: (queue: TaskQueue) => void): void {
    if (this.#state !== 'open') return;
    // What has lost workers begins anew with the next call, and on other machines a run is opened for each group.
    const mayGoOn = !this.outcomes.hasLost && this.#plan.dispatcher.isRemote !== true;
    if (this.isolation.isOpen || !mayGoOn) {
      void this.#close();
      return;
    }
    rememberService(this.#plan.task, this.sizer);
    this.#state = 'resting';
    this.#leave();
    onRest(this);
  }

  /** Leaves the pool, since all calls have their outcome. */
  async #close(): Promise<void> {
    this.#state = 'over';
    this.#plan.onOver();
    rememberService(this.#plan.task, this.sizer);
    const closing = this.isolation.close();
    if (closing !== undefined) await closing;
    this.#leave();
  }
}

/** A queue as its isolated calls see it. */
class IsolatedQueue implements IsolatedRun {
  readonly supply: IsolatedRun['supply'];
  readonly counts: IsolatedRun['counts'];
  readonly terms: WorkTerms;
  readonly events: WorkEvents;
  readonly #queue: TaskQueue;

  constructor(queue: TaskQueue, terms: WorkTerms, events: WorkEvents) {
    this.supply = queue.waiting;
    this.counts = queue.counts;
    this.terms = terms;
    this.events = events;
    this.#queue = queue;
  }

  get isOver(): boolean {
    return this.#queue.isOver;
  }

  settle(at: FailedAt, error: ItemError): void {
    this.#queue.outcomes.settle(at, error);
  }

  wake(): void {
    this.#queue.wake();
  }
}
