import type { AsyncContext } from '../../async/async-context.ts';
import type { ItemError } from '../../errors/item-errors.ts';
import type { Place } from '../../wire/slots/slot.ts';
import { type Chunk, indexOf } from '../chunk/chunk.ts';
import type { Supply } from '../chunk/supply.ts';
import { type FailedAt, warnOfStart } from '../failure/failures.ts';
import type { RunCounts } from '../outcome/run-counts.ts';
import type { SessionEnd, StartFailure } from '../hosts/host.ts';
import { Attachment } from '../pool/dispatch/attachment.ts';
import type { Dispatcher } from '../work/dispatcher.ts';
import type { LostStage, SentChunk, Strays, WorkEvents, WorkQueue, WorkTerms } from '../work/work.ts';
import { WorkInContext } from '../work/work-in-context.ts';

/** Most processes that something may hold up before what they hold is given up. */
const MOST_BLOCKS = 5;

/** The run whose items are isolated: what they give is an outcome of the run. */
export interface IsolatedRun {
  /** Takes back items that are to run elsewhere than in a process. */
  readonly supply: Pick<Supply, 'giveBack'>;
  readonly counts: Pick<RunCounts, 'strays' | 'retried'>;
  readonly terms: WorkTerms;
  readonly events: WorkEvents;
  readonly isOver: boolean;
  /** Settles an item that has failed for good. */
  settle(at: FailedAt, error: ItemError): void;
  /** Tells the run's pool that there are chunks. */
  wake(): void;
}

/** The outcome of an item that cannot even be tried alone. */
interface Suspect {
  readonly error: ItemError;
  readonly item: unknown;
  readonly place: Place | undefined;
}

/**
 * A run's second queue: items whose worker died on them, each of which is tried once more, alone in a child process. An
 * item that is to blame fails there without harm; an item that was not, or that only a thread cannot run, is done after
 * all.
 */
export class IsolationQueue implements WorkQueue {
  readonly terms: WorkTerms;
  readonly strays: Strays;
  readonly isUnloadable = false;
  readonly isAwaited = true;
  readonly #run: IsolatedRun;
  readonly #attachment: Attachment;
  readonly #queue: Chunk[] = [];
  /**
   * Items by position; they stay until the run is over, since nothing is tried here twice. The value is `undefined`
   * where no thread has died on the item in this run.
   */
  readonly #suspects = new Map<number, Suspect | undefined>();
  #isOver = false;

  constructor(run: IsolatedRun, context: AsyncContext, dispatch: Dispatcher) {
    this.terms = run.terms;
    this.strays = run.counts.strays;
    this.#run = run;
    const events = new IsolationEvents(run.events, this);
    this.#attachment = new Attachment(dispatch, new WorkInContext(this, events, context));
    this.#attachment.attach(1);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the queue has anything to run, or running. */
  get isBusy(): boolean {
    return this.#queue.length > 0 || this.#attachment.isBusy;
  }

  /** Takes in a chunk of one item. Returns false when the item was here already: then it has failed for good. */
  admit(chunk: Chunk, error: ItemError, place: Place | undefined): boolean {
    if (this.holds(chunk)) return false;
    this.#add(chunk, { error, item: chunk.items[0], place });
    return true;
  }

  /** Takes in a chunk of one item that was in flight when the program came to its end another time. */
  begin(chunk: Chunk): void {
    this.#add(chunk, undefined);
  }

  holds(chunk: Chunk): boolean {
    return chunk.items.length === 1 && this.#suspects.has(indexOf(chunk, 0));
  }

  nextChunk(): Chunk | undefined {
    return this.#queue.shift();
  }

  giveBack(chunk: Chunk): void {
    this.#queue.push(chunk);
    this.#attachment.wake();
  }

  /** Gives up an item that cannot run here: it has failed as it did on its thread, or goes to one. */
  giveUp(chunk: Chunk): void {
    const index = indexOf(chunk, 0);
    const suspect = this.#suspects.get(index);
    if (suspect !== undefined) {
      const { error, item, place } = suspect;
      this.#run.settle({ index, attempts: error.attempts, item, place }, error);
    } else if (!this.#run.isOver) {
      this.#run.supply.giveBack(chunk);
      this.#run.wake();
    }
  }

  /** Gives up all items that wait. */
  giveUpAll(): void {
    for (const chunk of this.#queue.splice(0)) this.giveUp(chunk);
  }

  /** Ends what is in progress in the processes. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#queue.length = 0;
    await this.#attachment.withdraw();
    this.#attachment.detach();
  }

  #add(chunk: Chunk, suspect: Suspect | undefined): void {
    this.#suspects.set(indexOf(chunk, 0), suspect);
    this.giveBack(chunk);
  }
}

/** Events of the processes: what they give is an outcome of the run, and what they cannot run is given up. */
class IsolationEvents implements WorkEvents {
  readonly #run: WorkEvents;
  readonly #queue: IsolationQueue;
  /** Number of processes that did not begin what they were sent. */
  #blocks = 0;

  constructor(run: WorkEvents, queue: IsolationQueue) {
    this.#run = run;
    this.#queue = queue;
  }

  answered(...answer: Parameters<WorkEvents['answered']>): void {
    this.#run.answered(...answer);
  }

  /** Gives up an item whose task a process cannot have, such as for the shared memory that it uses: the threads can. */
  refused({ chunk }: SentChunk): void {
    this.#queue.giveUp(chunk);
  }

  unreadable(sent: SentChunk, reason: unknown): void {
    this.#run.unreadable(sent, reason);
  }

  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void {
    const isUnheard = typeof stage === 'object' && 'unheard' in stage;
    if (typeof stage === 'number') this.#run.lost(sent, end, stage);
    else if (typeof stage === 'object' && 'spared' in stage) this.#queue.giveBack(sent.chunk);
    else if (stage === 'queued' || end.kind === 'ended') this.#queue.giveBack(sent.chunk);
    else if ((stage === 'blocked' || isUnheard || end.kind === 'suspended') && this.#blocks++ < MOST_BLOCKS)
      this.#queue.giveBack(sent.chunk);
    else this.#queue.giveUp(sent.chunk);
  }

  /**
   * Gives up all items, since there are no processes to be had: the items have failed as they did on their threads, or
   * go to one.
   */
  unstarted(failure: StartFailure): void {
    warnOfStart(failure);
    this.#queue.giveUpAll();
  }

  heldUp(report: string): void {
    this.#run.heldUp(report);
  }

  /** Does nothing, since the run itself looks. */
  audit(): void {}

  fail(reason: unknown): void {
    this.#run.fail(reason);
  }

  /** Does nothing, since the run is told as well, and closes the queue. */
  cutOff(): void {}
}
