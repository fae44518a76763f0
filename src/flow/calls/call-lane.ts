import type { AsyncContext } from '../../async/async-context.ts';
import type { ItemError } from '../../errors/item-errors.ts';
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
import type { WorkEvents, WorkTerms } from '../work/work.ts';
import type { Call } from './call.ts';
import { CallFailures } from './call-failures.ts';
import { CallQueue, CALLS_TIME } from './call-queue.ts';
import { CallStrays } from './call-strays.ts';
import { CallOutcomes, type Lane } from './call-outcomes.ts';
import { LaneWork, type WorkedLane } from './lane-work.ts';

/** Terms on which calls share a lane. */
export interface LanePlan {
  readonly dispatcher: Dispatcher;
  /** The function that is called. */
  readonly task: Function;
  /** The most workers that the calls may use at once. */
  readonly workers: number;
  /** Returns over how many messages the calls that wait are spread. */
  readonly shares: () => number;
  /** Milliseconds that a call may take. */
  readonly timeout: number | undefined;
  /** Context in which calls are sent, where their arguments may run what is the caller's. */
  readonly context: AsyncContext;
  /** Whether further calls may join. */
  readonly isShared: boolean;
  /** Hears that the lane takes no further calls. */
  readonly onOver: () => void;
}

/** Terms of calls: an item is the list of the arguments of one. */
class CallTerms extends RunTerms {
  readonly areCalls = true;
}

/**
 * A lane of calls of one task on their way to the workers of a pool: what a run is to items, without a source, an order
 * and a summary. It is there while calls are, which join it at any time; each has its outcome by itself.
 */
export class CallLane implements Lane, WorkedLane {
  readonly sizer: Sizer = new Sizer(undefined, () => CALLS_TIME);
  readonly counts: RunCounts;
  readonly isolation: Isolation;
  readonly outcomes: CallOutcomes;
  readonly queue: CallQueue;
  readonly #plan: LanePlan;
  readonly #terms: RunTerms;
  readonly #attachment: Attachment;
  #isOver = false;
  #isWakeDue = false;
  #isCloseDue = false;

  constructor(plan: LanePlan) {
    const { dispatcher, task, workers, timeout, context } = plan;
    this.#plan = plan;
    recallService(task, this.sizer);
    this.#terms = new CallTerms({ workers, timeout }, this.sizer);
    this.queue = new CallQueue(this.sizer, plan.shares);
    const strays = new CallStrays((number) => this.outcomes.find(number), task.name);
    this.counts = new RunCounts(strays);
    const work = new LaneWork(this, this.#terms, context);
    this.isolation = new Isolation(new IsolatedLane(this, this.#terms, work), { context }, dispatcher);
    this.outcomes = new CallOutcomes(this, new CallFailures(task.name, timeout));
    this.#attachment = new Attachment(dispatcher, work);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Tells the pool that there may be calls to hand out. */
  wake(): void {
    this.#attachment.wake();
  }

  /** Joins the pool: a worker starts now, unless there are some. */
  open(): void {
    this.#attachment.attach(1);
  }

  /** Begins to hand out calls, whose task is known from now on. */
  start(definition: WorkDefinition, store?: CapturedTask): void {
    if (this.#isOver) return;
    this.#terms.define(definition, store);
    this.#attachment.wake();
  }

  /** Takes in a call. The first leaves at once; those that are made behind it, in the same turn, leave together. */
  add(call: Call): void {
    const isFirst = this.outcomes.pending === 0;
    this.outcomes.add(call);
    this.queue.add(call);
    if (this.#terms.definition === undefined || this.#isWakeDue) return;
    if (isFirst) {
      this.#attachment.wake();
      return;
    }
    this.#isWakeDue = true;
    void Promise.resolve().then(() => {
      this.#isWakeDue = false;
      if (!this.#isOver) this.#attachment.wake();
    });
  }

  giveBack(chunk: Chunk): void {
    if (this.#isOver || this.isolation.takeBack(chunk)) return;
    this.queue.giveBack(chunk);
    this.#attachment.wake();
  }

  /** Leaves the pool once all calls have their outcome; a call that follows in the same turn finds the lane there. */
  settled(): void {
    if (this.outcomes.pending > 0 || this.#isOver || this.#isCloseDue) return;
    if (!this.#plan.isShared) {
      void this.#close();
      return;
    }
    this.#isCloseDue = true;
    setImmediate(() => {
      this.#isCloseDue = false;
      if (this.outcomes.pending === 0 && !this.#isOver) void this.#close();
    });
  }

  fail(reason: unknown): void {
    void this.end(() => reason);
  }

  /** Ends all calls of the lane: what runs is told, and stopped after the grace; then they reject. */
  async end(makeReason: (call: Call) => unknown): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#plan.onOver();
    this.queue.clear();
    this.outcomes.stopRetries();
    await Promise.all([this.#attachment.withdraw(), this.isolation.close()]);
    this.#attachment.detach();
    this.outcomes.failAll(makeReason);
  }

  /** Takes no further calls: the task cannot be loaded, so that a call to come is to try anew. */
  retire(): void {
    this.#plan.onOver();
  }

  /** Leaves the pool, since all calls have their outcome. */
  async #close(): Promise<void> {
    this.#isOver = true;
    this.#plan.onOver();
    rememberService(this.#plan.task, this.sizer);
    const closing = this.isolation.close();
    if (closing !== undefined) await closing;
    this.#attachment.detach();
  }
}

/** A lane as its isolated calls see it. */
class IsolatedLane implements IsolatedRun {
  readonly supply: IsolatedRun['supply'];
  readonly counts: IsolatedRun['counts'];
  readonly terms: WorkTerms;
  readonly events: WorkEvents;
  readonly #lane: CallLane;

  constructor(lane: CallLane, terms: WorkTerms, events: WorkEvents) {
    this.supply = lane.queue;
    this.counts = lane.counts;
    this.terms = terms;
    this.events = events;
    this.#lane = lane;
  }

  get isOver(): boolean {
    return this.#lane.isOver;
  }

  settle(at: FailedAt, error: ItemError): void {
    this.#lane.outcomes.settle(at, error);
  }

  wake(): void {
    this.#lane.wake();
  }
}
