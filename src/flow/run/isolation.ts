import { type ItemError, WorkerError } from '../../errors/item-errors.ts';
import { type Chunk, indexOf, sliceChunk } from '../chunk/chunk.ts';
import type { Dispatcher } from '../work/dispatcher.ts';
import type { SentChunk } from '../work/work.ts';
import { type IsolatedRun, IsolationQueue } from './isolation-queue.ts';
import type { RunPlan } from './run-plan.ts';

/** The part of a run's plan that matters to its isolated items. */
type IsolationPlan = Pick<RunPlan, 'suspects' | 'context'>;

/**
 * Sends single items of a run that may end their worker to processes, and opens these when the first item needs them.
 */
export class Isolation {
  readonly #run: IsolatedRun;
  readonly #plan: IsolationPlan;
  /** Returns the dispatch of the processes, where the pool has such for suspects. */
  readonly #open: Dispatcher['suspects'];
  #queue: IsolationQueue | undefined;

  constructor(run: IsolatedRun, plan: IsolationPlan, { suspects }: Dispatcher) {
    this.#run = run;
    this.#plan = plan;
    this.#open = suspects;
  }

  /** Whether the pool has processes for such items. */
  get isOffered(): boolean {
    return this.#open !== undefined;
  }

  /** Whether an item has gone to a process. */
  get isOpen(): boolean {
    return this.#queue !== undefined;
  }

  /** Whether an item waits for a process, or runs in one. */
  get isBusy(): boolean {
    return this.#queue?.isBusy === true;
  }

  /** Takes a chunk apart that holds items which may have ended the program: those go to processes at once. */
  takeSuspects(chunk: Chunk): boolean {
    const { suspects } = this.#plan;
    if (suspects === undefined || suspects.size === 0 || this.#open === undefined) return false;
    const positions = Array.from({ length: chunk.items.length }, (_, at) => at);
    const found = positions.filter((at) => suspects.delete(indexOf(chunk, at)));
    if (found.length === 0) return false;
    const queue = this.#enter(this.#open);
    for (const at of positions) {
      const alone = sliceChunk(chunk, at, at + 1);
      if (found.includes(at)) queue.begin(alone);
      else this.#run.supply.giveBack(alone);
    }
    return true;
  }

  /** Tries an item once more whose worker died on it, in a process, where the pool has such for suspects. */
  retry(sent: SentChunk, at: number, error: ItemError): boolean {
    if (this.#open === undefined || !(error instanceof WorkerError)) return false;
    const { attempt } = sent.chunk;
    const alone = { ...sliceChunk(sent.chunk, at, at + 1), attempt: attempt + 1 };
    const isAdmitted = this.#enter(this.#open).admit(alone, error, sent.place);
    if (isAdmitted) this.#run.counts.retried++;
    return isAdmitted;
  }

  /** Takes back an item that is isolated. Returns false for all other chunks. */
  takeBack(chunk: Chunk): boolean {
    if (this.#queue?.holds(chunk) !== true) return false;
    this.#queue.giveBack(chunk);
    return true;
  }

  /** Ends what is in progress in the processes. */
  close(): Promise<void> | undefined {
    return this.#queue?.close();
  }

  #enter(open: () => Dispatcher): IsolationQueue {
    this.#queue ??= new IsolationQueue(this.#run, this.#plan.context, open());
    return this.#queue;
  }
}
