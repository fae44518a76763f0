import type { AsyncContext } from '../../async/async-context.ts';
import type { ItemError } from '../../errors/item-errors.ts';
import type { AnswerMessage, WorkDefinition } from '../../wire/message/message.ts';
import type { Place } from '../../wire/slots/slot.ts';
import { warnOfStart } from '../failure/failures.ts';
import { type Chunk, indexOf } from '../chunk/chunk.ts';
import type { FailedAt } from '../failure/failures.ts';
import type { Dispatch } from '../pool/dispatch/dispatch.ts';
import type { SessionEnd, StartFailure } from '../hosts/host.ts';
import type { LostStage, SentChunk, Strays, Work } from '../work/work.ts';
import { WorkInContext } from '../work/work-in-context.ts';

/** Most processes that something may hold up before what they hold is given up. */
const MOST_BLOCKS = 5;

/** The outcome of an item that cannot even be tried alone. */
interface Suspect {
  readonly error: ItemError;
  readonly item: unknown;
  readonly place: Place | undefined;
}

/** The run whose items are in quarantine: what they give is an outcome of the run. */
export interface Host extends Omit<Work, 'enter'> {
  settle(at: FailedAt, error: ItemError): void;
  /** Takes back an item that may run on a thread after all. */
  acquit(chunk: Chunk): void;
}

/**
 * Items whose worker died on them, each of which is tried once more, alone in a child process: an item that is to blame
 * fails there without harm; an item that was not, or that only a thread cannot run, is done after all.
 */
export class Quarantine implements Omit<Work, 'enter'> {
  readonly #run: Host;
  readonly #dispatch: Dispatch;
  readonly #work: Work;
  readonly #queue: Chunk[] = [];
  /**
   * Items by position; they stay until the run is over, since nothing is tried here twice. The value is `undefined`
   * where no thread has died on the item in this run.
   */
  readonly #suspects = new Map<number, Suspect | undefined>();
  /** Number of processes that did not begin what they were sent. */
  #blocks = 0;
  #isAttached = false;
  #isOver = false;

  constructor(run: Host, dispatch: Dispatch, context: AsyncContext) {
    this.#run = run;
    this.#dispatch = dispatch;
    this.#work = new WorkInContext(this, context);
  }

  get definition(): WorkDefinition | undefined {
    return this.#run.definition;
  }

  get taskId(): number {
    return this.#run.taskId;
  }

  get workers(): number {
    return this.#run.workers;
  }

  get timeout(): number | undefined {
    return this.#run.timeout;
  }

  get service(): number | undefined {
    return this.#run.service;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get strays(): Strays {
    return this.#run.strays;
  }

  readonly isUnloadable = false;
  readonly isAwaited = true;

  limitOf(stage: number): number | undefined {
    return this.#run.limitOf(stage);
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

  /** Whether the quarantine has anything to run, or running. */
  get isBusy(): boolean {
    return this.#queue.length > 0 || this.#dispatch.holds(this.#work);
  }

  holds(chunk: Chunk): boolean {
    return chunk.items.length === 1 && this.#suspects.has(indexOf(chunk, 0));
  }

  nextChunk(): Chunk | undefined {
    return this.#queue.shift();
  }

  giveBack(chunk: Chunk): void {
    this.#queue.push(chunk);
    this.#dispatch.wake(this.#work);
  }

  answered(sent: SentChunk, answer: AnswerMessage, busy: number): void {
    this.#run.answered(sent, answer, busy);
  }

  /** Gives up an item whose task a process cannot have, such as for the shared memory that it uses: the threads can. */
  unloadable(sent: SentChunk): void {
    this.#giveUp(sent.chunk);
  }

  uncloneable(chunk: Chunk): void {
    this.#giveUp(chunk);
  }

  undecodable(sent: SentChunk): void {
    this.#giveUp(sent.chunk);
  }

  /** Does nothing, since the run itself looks. */
  audit(): void {}

  unreadable(sent: SentChunk, reason: unknown): void {
    this.#run.unreadable(sent, reason);
  }

  lost(sent: SentChunk, end: SessionEnd, stage: LostStage): void {
    if (typeof stage === 'number') this.#run.lost(sent, end, stage);
    else if (typeof stage === 'object' && 'spared' in stage) this.giveBack(sent.chunk);
    else if (stage === 'queued' || end.kind === 'ended') this.giveBack(sent.chunk);
    else if ((stage === 'blocked' || end.kind === 'suspended') && this.#blocks++ < MOST_BLOCKS)
      this.giveBack(sent.chunk);
    else this.#giveUp(sent.chunk);
  }

  /**
   * Gives up all items, since there are no processes to be had: the items have failed as they did on their threads, or
   * go to one.
   */
  unstarted(failure: StartFailure): void {
    warnOfStart(failure);
    for (const chunk of this.#queue.splice(0)) this.#giveUp(chunk);
  }

  heldUp(report: string): void {
    this.#run.heldUp(report);
  }

  /** Does nothing, since the run is told as well, and closes the quarantine. */
  cutOff(): void {}

  /** Ends what is in progress in the processes. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#queue.length = 0;
    if (!this.#isAttached) return;
    await this.#dispatch.withdraw(this.#work);
    this.#dispatch.detach(this.#work);
  }

  #add(chunk: Chunk, suspect: Suspect | undefined): void {
    this.#suspects.set(indexOf(chunk, 0), suspect);
    if (!this.#isAttached) this.#dispatch.attach(this.#work, 1);
    this.#isAttached = true;
    this.giveBack(chunk);
  }

  /** Gives up an item that cannot run here: it has failed as it did on its thread, or goes to one. */
  #giveUp(chunk: Chunk): void {
    const index = indexOf(chunk, 0);
    const suspect = this.#suspects.get(index);
    if (suspect === undefined) {
      this.#run.acquit(chunk);
      return;
    }
    const { error, item, place } = suspect;
    this.#run.settle({ index, attempts: error.attempts, item, place }, error);
  }
}
