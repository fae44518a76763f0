import type { ReadyMessage } from '../../../wire/message/message.ts';
import { PHASE_LOADING, readPhase } from '../../../wire/slots/slot.ts';
import { hasTransfers } from '../../../wire/values/transfer.ts';
import { type Chunk, sliceChunk } from '../../chunk/chunk.ts';
import type { HostedSession, SessionEnd, SessionHost, SessionTerms, StartFailure } from '../../hosts/host.ts';
import type { SentChunk, Work } from '../../work/work.ts';
import { endWorker } from './end-worker.ts';
import { type Answered, Inbox, type InboxEvents } from './inbox.ts';
import { reportLoss } from './loss.ts';
import { Outbox } from './outbox.ts';
import { countFree, openChunk, takeItems, withdrawChunk } from './sent-chunk.ts';
import { type Patience, Watch, type WatchedSession } from './watch.ts';

/** Number of chunks a worker holds: the one it runs, and one more so a busy main thread does not starve it. */
export const DEPTH = 2;

export interface SessionEvents {
  /** Called when there is room for another chunk. */
  onRoom(session: WorkerSession): void;
  /** Called when a worker is stopped that earlier work holds up, or has broken. `worker` is its number, if known. */
  onBlocked(session: WorkerSession, worker: number | undefined, reason: string): void;
  /** Called when the worker has started. */
  onStart(session: WorkerSession): void;
  /** Called when the worker could not start. What it held goes back to the runs then. */
  onUnstarted(session: WorkerSession, failure: StartFailure): void;
  /** Called when the session is over and holds nothing any more. */
  onEnd(session: WorkerSession, end: SessionEnd): void;
}

/** Main's end of one session: sends chunks, hands what comes back to the run it belongs to, and owns the slot. */
export class WorkerSession implements WatchedSession, InboxEvents {
  /** Chunks that the worker holds, oldest first; it runs them in this order. */
  readonly held: SentChunk[] = [];
  readonly openedAt: number = performance.now();

  readonly #events: SessionEvents;
  readonly #startTimeout: number;
  readonly #hosted: HostedSession;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #watch: Watch;
  #isOver = false;
  #isEnding = false;
  #isStopped = false;
  /** The chunk for whose sake the worker is stopped. */
  #culprit: SentChunk | undefined;
  #isBlocked = false;
  #recyclingSince: number | undefined;

  constructor(host: SessionHost, terms: SessionTerms, events: SessionEvents) {
    this.#events = events;
    this.#startTimeout = terms.startTimeout;
    this.#hosted = host.open(terms);
    this.#outbox = new Outbox(this.#hosted.port);
    this.#inbox = new Inbox(this.#hosted, this.held, this.#outbox, this);
    this.#watch = new Watch(this, this.#hosted, terms);
    this.#inbox.listen();
    void this.#hosted.ended.then((end) => this.#finish(this.#watch.explainEnd(end)));
  }

  get hasRoom(): boolean {
    return this.held.length < DEPTH && !this.#isEnding && !this.#isStopped && !this.#isOver;
  }

  /** Whether the worker has yet to start, and may fail to. */
  get isStarting(): boolean {
    return this.#hosted.worker === 'fresh' && !this.#inbox.isReady;
  }

  get isUp(): boolean {
    return this.#inbox.isReady || this.#hosted.worker === 'warm';
  }

  get isEnding(): boolean {
    return this.#isEnding;
  }

  get recyclingSince(): number | undefined {
    return this.#recyclingSince;
  }

  get isIdle(): boolean {
    return this.held.length === 0;
  }

  /** Number of the worker, once the worker has said it. */
  get worker(): number | undefined {
    return this.#inbox.worker;
  }

  /** The chunk that the worker answered last, which may have left something behind. */
  get last(): Answered | undefined {
    return this.#inbox.last;
  }

  /** Resolves when the session is over. */
  get ended(): Promise<unknown> {
    return this.#hosted.ended;
  }

  send(work: Work, chunk: Chunk): void {
    work.enter(() => this.#send(work, chunk));
  }

  #send(work: Work, chunk: Chunk): void {
    const sent = openChunk(this.#hosted.slots, this.held[0]?.row === 0 ? 1 : 0, work, chunk);
    // The chunk is held first: a getter of an item may end this very call, which asks for what is held.
    this.held.push(sent);
    try {
      this.#outbox.tell(work.terms);
    } catch (reason) {
      this.#drop(sent);
      work.refused(sent, { kind: 'unloadable', reason });
      return;
    }
    // Buffers that are handed over are gone for good when the thread cannot start.
    if (this.isStarting && this.#hosted.port.transfers && hasTransfers()) this.#outbox.holdBack();
    if (this.#outbox.isHoldingBack) this.#outbox.defer(() => work.enter(() => this.#postChunk(sent)));
    else this.#postChunk(sent);
  }

  #postChunk(sent: SentChunk): void {
    // Nobody wants the chunk any more: what was to be handed over stays here.
    if (sent.end === 0) {
      this.#drop(sent);
      return;
    }
    try {
      this.#outbox.postChunk(sent);
    } catch (reason) {
      this.#drop(sent);
      sent.work.refused(sent, { kind: 'uncloneable', reason, attempt: this.#hosted.port.tryClone });
    }
  }

  /** Drops a chunk that was not sent after all. */
  #drop(sent: SentChunk): void {
    this.held.splice(this.held.indexOf(sent), 1);
  }

  /** Counts the items of a held chunk that have not begun, and so can be taken back. */
  countFree(sent: SentChunk): number {
    return countFree(this.#hosted.slots, sent);
  }

  /** Takes back up to `most` of a chunk's last items, as far as they have not begun. */
  takeBack(sent: SentChunk, most: number): Chunk | undefined {
    const taken = takeItems(this.#hosted.slots, sent, most);
    if (taken === undefined || sent.end > 0 || this.held[0] !== sent) return taken;
    return { ...taken, moves: (taken.moves ?? 0) + 1 };
  }

  /**
   * Asks for an end of a run's chunk that is held here: nothing more of it begins, and the current item is told.
   * Returns whether one of its items, or the load of its task, is in progress.
   */
  ask(sent: SentChunk): boolean {
    const isLeft = withdrawChunk(this.#hosted.slots, sent);
    if (!isLeft) return this.held[0] === sent && readPhase(this.#hosted.slots) === PHASE_LOADING;
    this.abort(sent);
    return true;
  }

  abort(sent: SentChunk): void {
    this.#outbox.post({ type: 'abort', chunk: sent.id });
  }

  /**
   * Stops the worker, whatever it does. What it held goes back to the runs.
   *
   * @param culprit - The chunk for whose sake: until the worker is gone it may come to another, which is not to blame.
   */
  stop(culprit?: SentChunk): number | undefined {
    if (this.#isOver || this.#isStopped) return undefined;
    this.#isStopped = true;
    this.#culprit = culprit;
    if (this.#watch.isLate) return this.#hosted.terminate();
    return endWorker(this.#hosted, this.held, this.isStarting);
  }

  /** Stops a worker that cannot be trusted any more. Its chunks go back to the runs, and nobody is to blame. */
  breakOff(reason: string): void {
    if (this.#isOver || this.#isStopped) return;
    this.#isBlocked = true;
    this.#events.onBlocked(this, this.stop() ?? this.worker, reason);
  }

  /** Ends the session once the chunks it holds have run. */
  end(dispose: boolean): void {
    if (this.#isEnding || this.#isOver) return;
    this.#isEnding = true;
    this.#outbox.post({ type: 'end', dispose });
  }

  /** Drops a task that no run uses any more. */
  forget(taskId: number): void {
    if (this.#outbox.forget(taskId) && !this.#isOver && !this.#isEnding)
      this.#outbox.post({ type: 'forget', task: taskId });
  }

  /** Looks for an item past its time, a load past its time, and a worker that does nothing of what it was asked. */
  watch(now: number, patience: Patience): void {
    if (!this.#isOver) this.#watch.look(now, patience);
  }

  /** Stops a worker that does not come to close its session, while that is closed for good. */
  watchEnd(now: number, silence: number): void {
    this.#watch.lookAtEnd(now, silence);
  }

  onReady(message: ReadyMessage): void {
    this.#hosted.onReady?.(message);
    this.#outbox.release();
    this.#events.onStart(this);
  }

  onRoom(): void {
    this.#events.onRoom(this);
  }

  onRecycle(): void {
    this.#recyclingSince = performance.now();
    this.end(true);
  }

  #finish(end: SessionEnd): void {
    this.#hosted.port.close();
    this.#hosted.flush?.();
    this.#isOver = true;
    if (this.isStarting) {
      this.#giveUp(end);
    } else {
      reportLoss(this.held.splice(0), {
        end,
        slots: this.#hosted.slots,
        watch: this.#watch,
        culprit: this.#culprit,
        isBlocked: this.#isBlocked,
      });
    }
    this.#events.onEnd(this, end);
  }

  /** Gives back what a worker held that could not start: nothing has begun. */
  #giveUp(end: SessionEnd): void {
    if (end.kind !== 'terminated' && end.kind !== 'ended') this.#events.onUnstarted(this, end);
    else if (this.#watch.isLate) this.#events.onUnstarted(this, { kind: 'late', limit: this.#startTimeout });
    for (const sent of this.held.splice(0)) sent.work.giveBack(sliceChunk(sent.chunk, 0, sent.end));
  }
}
