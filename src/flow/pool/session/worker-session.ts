import type { ReadyMessage } from '../../../wire/message/message.ts';
import { type Chunk, sliceChunk } from '../../chunk/chunk.ts';
import type { HostedSession, SessionEnd, SessionHost, SessionTerms, StartFailure } from '../../hosts/host.ts';
import type { SentChunk, Work } from '../../work/work.ts';
import { HeldChunks } from './held-chunks.ts';
import { type Answered, Inbox, type InboxEvents } from './inbox.ts';
import { reportLoss } from './loss.ts';
import { Outbox } from './outbox.ts';
import { type Patience, Watch, type WatchedSession } from './watch.ts';
import { WorkerStop } from './worker-stop.ts';

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
  readonly held: HeldChunks;
  readonly openedAt: number = performance.now();

  readonly #events: SessionEvents;
  readonly #hosted: HostedSession;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #watch: Watch;
  readonly #stop: WorkerStop;
  #isOver = false;
  #isEnding = false;
  #recyclingSince: number | undefined;

  constructor(host: SessionHost, terms: SessionTerms, events: SessionEvents) {
    this.#events = events;
    this.#hosted = host.open(terms);
    this.#outbox = new Outbox(this.#hosted.port);
    this.held = new HeldChunks(this.#hosted, this.#outbox);
    this.#stop = new WorkerStop(this.#hosted);
    this.#inbox = new Inbox(this.#hosted, this.held.chunks, this.#outbox, this);
    this.#watch = new Watch(this, this.#hosted, terms);
    this.#inbox.listen();
    void this.#hosted.ended.then((end) => this.#finish(this.#watch.explainEnd(end)));
  }

  get hasRoom(): boolean {
    return this.held.chunks.length < DEPTH && !this.#isEnding && !this.#stop.isDone && !this.#isOver;
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
    return this.held.chunks.length === 0;
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
    work.enter(() => this.held.send(work, chunk, this.isStarting));
  }

  /**
   * Stops the worker, whatever it does. What it held goes back to the runs.
   *
   * @param culprit - The chunk for whose sake: until the worker is gone it may come to another, which is not to blame.
   */
  stop(culprit?: SentChunk): number | undefined {
    if (this.#isOver || this.#stop.isDone) return undefined;
    this.#stop.culprit = culprit;
    return this.#watch.isLate ? this.#stop.terminate() : this.#stop.end(this.held.chunks, this.isStarting);
  }

  /** Stops a worker that cannot be trusted any more. Its chunks go back to the runs, and nobody is to blame. */
  breakOff(reason: string): void {
    if (this.#isOver || this.#stop.isDone) return;
    this.#stop.isBlocked = true;
    this.#events.onBlocked(this, this.stop() ?? this.worker, reason);
  }

  /**
   * Sets whether the session keeps the process alive, as it does from its start. Returns false where it cannot rest: it is
   * to be ended then.
   */
  keepAwake(isAwake: boolean): boolean {
    const { isReady, hasUnloadable } = this.#inbox;
    const mayRest = isReady && !hasUnloadable && this.isIdle && this.hasRoom;
    if (this.#hosted.keepAwake === undefined || (!isAwake && !mayRest)) return false;
    if (!this.#isOver) this.#hosted.keepAwake(isAwake);
    return true;
  }

  /** Ends the session once the chunks it holds have run. */
  end(dispose: boolean): void {
    if (this.#isEnding || this.#isOver) return;
    this.#isEnding = true;
    this.keepAwake(true);
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
      const { culprit, isBlocked } = this.#stop;
      const loss = { end, slots: this.#hosted.slots, watch: this.#watch, culprit, isBlocked };
      reportLoss(this.held.chunks.splice(0), loss);
    }
    this.#events.onEnd(this, end);
  }

  /** Gives back what a worker held that could not start: nothing has begun. */
  #giveUp(end: SessionEnd): void {
    const wasAsked = end.kind === 'terminated' || end.kind === 'ended';
    const failure = wasAsked ? this.#watch.lateStart : end;
    if (failure !== undefined) this.#events.onUnstarted(this, failure);
    for (const sent of this.held.chunks.splice(0)) sent.work.giveBack(sliceChunk(sent.chunk, 0, sent.end));
  }
}
