import type { AsyncContext } from '../../async/async-context.ts';
import type { WorkerPool } from '../../options/worker-pool.ts';
import type { TaskReference } from '../../task/definition/definition.ts';
import { TaskQueue, type TaskQueuePlan } from './task-queue.ts';

/** The most queues without a call that a pool keeps: each holds its function, and some KB. */
const MOST_RESTING = 32;

/** Facts that calls have in common which share a queue. */
export interface SharedCall {
  readonly dispatcher: TaskQueuePlan['dispatcher'];
  readonly pool: WorkerPool;
  readonly task: Function;
  readonly reference: TaskReference;
  /** Milliseconds that the call may take. */
  readonly timeout: number | undefined;
}

/** Runs what nothing of the caller's can come to. */
const inPlace: AsyncContext = (fn) => fn();

/** Queues of a pool that take further calls: by task, and by time limit, where 0 stands for none. */
class SharedQueues {
  readonly #queues = new Map<TaskReference, Map<number, TaskQueue>>();
  /** Queues that have no call, the one that has rested for longest first. */
  readonly #resting = new Set<TaskQueue>();

  find(call: SharedCall): TaskQueue {
    const ofTask = this.#queues.get(call.reference);
    const known = ofTask?.get(call.timeout ?? 0);
    if (known === undefined) return this.#open(call, ofTask ?? new Map<number, TaskQueue>());
    this.#resting.delete(known);
    return known;
  }

  #open(
    { dispatcher, pool, task, reference, timeout }: SharedCall,
    ofTask: Map<number, TaskQueue>,
  ): TaskQueue {
    const queue: TaskQueue = new TaskQueue({
      dispatcher,
      pool,
      task,
      timeout,
      context: inPlace,
      onOver: () => {
        this.#resting.delete(queue);
        if (ofTask.get(timeout ?? 0) !== queue) return;
        ofTask.delete(timeout ?? 0);
        if (ofTask.size === 0 && this.#queues.get(reference) === ofTask) this.#queues.delete(reference);
      },
      onRest: () => this.#keep(queue),
    });
    ofTask.set(timeout ?? 0, queue);
    this.#queues.set(reference, ofTask);
    queue.open();
    queue.start(reference);
    return queue;
  }

  #keep(queue: TaskQueue): void {
    this.#resting.add(queue);
    if (this.#resting.size <= MOST_RESTING) return;
    const [oldest] = this.#resting;
    oldest?.retire();
  }
}

const queuesOf = new WeakMap<TaskQueuePlan['dispatcher'], SharedQueues>();

/** Returns the queue that a call of an imported task shares with others, and which now has a call. */
export function findSharedQueue(call: SharedCall): TaskQueue {
  let queues = queuesOf.get(call.dispatcher);
  if (queues === undefined) queuesOf.set(call.dispatcher, (queues = new SharedQueues()));
  return queues.find(call);
}
