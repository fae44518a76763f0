import type { Transferable } from 'node:worker_threads';
import { decodeThrown } from '../../wire/error.ts';
import type {
  AnswerMessage,
  ChunkMessage,
  FromWorker,
  StrayMessage,
  ToWorker,
  UndecodableMessage,
} from '../../wire/message.ts';
import {
  countBegun,
  countClaimed,
  isAnswered,
  type Line,
  markAborted,
  openLine,
  PHASE_ANSWERING,
  PHASE_CLOSING,
  PHASE_COLLECTING,
  PHASE_IDLE,
  PHASE_LOADING,
  readPhase,
  readPlace,
  takeBack,
  withdraw,
} from '../../wire/slot.ts';
import { fits, isFromWorker } from '../../wire/check-message.ts';
import { collectTransfers, forgetMarks, hasMarks } from '../../wire/transfer.ts';
import { type Chunk, indexOf, packItems, sliceChunk } from '../chunk/chunk.ts';
import { warnOfStray } from '../failure/failures.ts';
import type { HostedSession, SessionEnd, SessionHost, SessionTerms, StartFailure } from './host.ts';
import { Silence } from './silence.ts';
import { Traces } from './traces.ts';
import type { LostStage, SentChunk, Work } from './work.ts';

/** How many chunks a worker holds: the one it runs, and one more so that a busy main thread does not starve it. */
export const DEPTH = 2;

/** What a worker owes that was asked to end. */
const END = Symbol('end');

/** How long a worker may take, in ms. */
export interface Patience {
  /** Between being asked to stop and being stopped. */
  readonly grace: number;
  /** To begin what it was sent, while it runs nothing. */
  readonly silence: number;
}

/** A chunk that was answered: its first item, and the last that it may have run. */
export interface Answered {
  readonly work: Work;
  readonly first: number;
  readonly final: number;
}

export interface LaneEvents {
  /** There is room for another chunk. */
  onRoom(lane: Lane): void;
  /** What ran on its worker before holds it up, or has broken it: it is stopped. `worker` is its number, where that can be told. */
  onBlocked(lane: Lane, worker: number | undefined, reason: string): void;
  /** Its worker has started. */
  onStart(lane: Lane): void;
  /** Its worker could not start. What it held goes back to the runs then. */
  onUnstarted(lane: Lane, failure: StartFailure): void;
  /** The session is over and holds nothing any more. */
  onEnd(lane: Lane, end: SessionEnd): void;
}

let nextChunkId = 0;

/** While it is not known what goes along, nothing can be taken back. */
const BEING_SENT: ReadonlySet<number> = new Set();

/** Main's end of one session: sends chunks, hands what comes back to the run it belongs to, and owns the slot. */
export class Lane {
  /** What the worker holds, oldest first; it runs them in this order. */
  readonly held: SentChunk[] = [];

  readonly #events: LaneEvents;
  readonly #session: HostedSession;
  readonly #importTimeout: number;
  readonly #startTimeout: number;
  #last: Answered | undefined;
  readonly #traces = new Traces();
  /** How many messages the worker was sent. */
  #posted = 0;
  /** Tasks that the session has been told, and by which of them. */
  readonly #told = new Map<number, number | undefined>();
  /** Why the worker could not read one of these. */
  readonly #unread = new Map<number, string>();
  #isOver = false;
  #isEnding = false;
  #isStopped = false;
  /** For whose sake it is stopped. */
  #culprit: SentChunk | undefined;
  #isBlocked = false;
  readonly #silence = new Silence();
  readonly openedAt: number = performance.now();
  /** What only a worker that has started is sent, and all behind it. */
  readonly #heldBack: (() => void)[] = [];
  #isHoldingBack = false;
  #readyAt: number | undefined;
  #worker: number | undefined;
  #isStartLate = false;
  #loadingSince: number | undefined;
  #wornSince: number | undefined;

  constructor(host: SessionHost, terms: SessionTerms, events: LaneEvents) {
    this.#events = events;
    this.#importTimeout = terms.importTimeout;
    this.#startTimeout = terms.startTimeout;
    this.#session = host.open(terms);
    this.#session.port.listen(
      (message) => this.#hear(message),
      (thrown) => this.#receiveUnreadable(thrown),
    );
    void this.#session.ended.then((end) => this.#finish(end));
  }

  get hasRoom(): boolean {
    return this.held.length < DEPTH && !this.#isEnding && !this.#isStopped && !this.#isOver;
  }

  /** Whether its worker has yet to start, and may fail to. */
  get isStarting(): boolean {
    return this.#session.worker === 'fresh' && this.#readyAt === undefined;
  }

  get isIdle(): boolean {
    return this.held.length === 0;
  }

  /** The number of its worker, once that has said it. */
  get worker(): number | undefined {
    return this.#worker;
  }

  /** What it answered last, which may have left something behind. */
  get last(): Answered | undefined {
    return this.#last;
  }

  /** Resolves when the session is over. */
  get ended(): Promise<unknown> {
    return this.#session.ended;
  }

  send(work: Work, chunk: Chunk): void {
    work.enter(() => this.#send(work, chunk));
  }

  #send(work: Work, chunk: Chunk): void {
    const line: Line = this.held[0]?.line === 0 ? 1 : 0;
    const count = chunk.items.length;
    const { port } = this.#session;
    const sent: SentChunk = {
      id: nextChunkId++,
      work,
      chunk,
      line,
      end: count,
      transferred: BEING_SENT,
      since: performance.now(),
      stopAt: undefined,
      seen: 0,
      seenAt: 0,
      late: new Set(),
      seenBeat: 0,
      lateBeat: 0,
      place: undefined,
    };
    openLine(this.#session.slots, line, count);
    // Before anything of the user's is touched: a getter of an item may end this very call, which asks for what is held.
    this.held.push(sent);
    try {
      this.#tell(work);
    } catch (thrown) {
      this.#drop(sent);
      work.unloadable(sent, thrown);
      return;
    }
    // Buffers that are handed over are gone for good when the thread cannot start.
    if (this.isStarting && port.transfers && hasMarks()) this.#isHoldingBack = true;
    if (this.#isHoldingBack) this.#heldBack.push(() => work.enter(() => this.#postChunk(sent)));
    else this.#postChunk(sent);
  }

  #postChunk(sent: SentChunk): void {
    const { work, chunk, line } = sent;
    const { port } = this.#session;
    // Nobody wants it any more: what was to be handed over stays here.
    if (sent.end === 0) {
      this.#drop(sent);
      return;
    }
    try {
      const mayTransfer = port.transfers && !ArrayBuffer.isView(chunk.items);
      const handover = mayTransfer ? collectTransfers(chunk.items as readonly unknown[]) : undefined;
      const transfers = new Set<Transferable>(handover?.list);
      sent.transferred = handover?.positions;
      const message: ChunkMessage = {
        type: 'chunk',
        chunk: sent.id,
        line,
        task: work.taskId,
        index: chunk.index,
        count: chunk.items.length,
        attempt: chunk.attempt,
        isBound: handover !== undefined,
        items: packItems(chunk.items, transfers),
      };
      this.#post(message, [...transfers]);
      if (handover !== undefined) forgetMarks(handover);
    } catch (thrown) {
      this.#drop(sent);
      work.uncloneable(sliceChunk(chunk, 0, sent.end), thrown, port.tryClone);
    }
  }

  /** It was not sent after all. */
  #drop(sent: SentChunk): void {
    this.held.splice(this.held.indexOf(sent), 1);
  }

  #sendHeldBack(): void {
    this.#isHoldingBack = false;
    for (const post of this.#heldBack.splice(0)) post();
  }

  /** Makes sure that the worker knows the task. Throws when that cannot be sent, to a process. */
  #tell({ taskId, definition }: Work): void {
    if (definition === undefined || this.#told.has(taskId)) return;
    this.#post({ type: 'define', task: taskId, definition });
    if (this.#isHoldingBack) this.#told.set(taskId, undefined);
  }

  /** The items of a held chunk that have not begun: how many there are to take back. */
  countFree(sent: SentChunk): number {
    if (sent.transferred !== undefined) return 0;
    return Math.max(0, sent.end - countClaimed(this.#session.slots, sent.line));
  }

  /** Takes back up to `most` of a chunk's last items, as far as they have not begun. */
  takeBack(sent: SentChunk, most: number): Chunk | undefined {
    const from = takeBack(this.#session.slots, sent.line, Math.max(0, sent.end - most));
    if (from >= sent.end) return undefined;
    const taken = sliceChunk(sent.chunk, from, sent.end);
    sent.end = from;
    return from > 0 || this.held[0] !== sent ? taken : { ...taken, moves: (taken.moves ?? 0) + 1 };
  }

  /**
   * Asks for an end of what this run has here: nothing more of it begins, and the current item is told.
   * Returns whether one of its items, or the load of its task, is in progress.
   */
  ask(sent: SentChunk): boolean {
    sent.end = takeBack(this.#session.slots, sent.line, 0);
    const isCurrent = this.held[0] === sent;
    if (sent.end === 0) return isCurrent && readPhase(this.#session.slots) === PHASE_LOADING;
    withdraw(this.#session.slots, sent.line);
    this.#post({ type: 'abort', chunk: sent.id });
    return true;
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
    return this.#session.terminate();
  }

  /** Ends the session once the chunks it holds have run. */
  end(dispose: boolean): void {
    if (this.#isEnding || this.#isOver) return;
    this.#isEnding = true;
    this.#post({ type: 'end', dispose });
  }

  /** Drops a task that no run uses any more. */
  forget(taskId: number): void {
    this.#unread.delete(taskId);
    if (this.#told.delete(taskId) && !this.#isOver && !this.#isEnding)
      this.#post({ type: 'forget', task: taskId });
  }

  /** Looks for an item past its time, a load past its time, and a worker that does nothing of what it was asked. */
  watch(now: number, { grace, silence }: Patience): void {
    if (this.#isOver) return;
    if (this.isStarting) this.#watchStart(now);
    this.#watchSilence(now, silence);
    const sent = this.held[0];
    if (sent === undefined) {
      // What a worn worker closes may never be closed.
      if (this.#wornSince !== undefined && now - this.#wornSince > this.#importTimeout) this.stop();
      return;
    }
    if (sent.stopAt !== undefined && now >= sent.stopAt) {
      this.stop(sent);
      return;
    }
    this.#watchLoad(sent, now);
    this.#watchItem(sent, now, grace);
  }

  /**
   * While it closes a session for good: stops a worker that does not come to that, since what ran before holds it up, or
   * that has been closing what `perWorker` opened for too long.
   */
  watchEnd(now: number, silence: number): void {
    const isClosing = readPhase(this.#session.slots) === PHASE_CLOSING;
    const length = this.#silence.measure(isClosing ? PHASE_CLOSING : END, now);
    if (length > (isClosing ? this.#importTimeout : silence)) this.stop();
  }

  /**
   * A worker that runs nothing owes the beginning of what it holds, or its answer, or its end, and that takes it no time.
   * When it stays silent, something that ran there before holds it up, or has broken it.
   */
  #watchSilence(now: number, limit: number): void {
    const isUp = this.#readyAt !== undefined || this.#session.worker === 'warm';
    const phase = readPhase(this.#session.slots);
    const isAtRest = phase === PHASE_IDLE || phase === PHASE_COLLECTING;
    const owed = this.held[0] ?? (this.#isEnding ? END : undefined);
    const length = this.#silence.measure(isUp && isAtRest ? owed : undefined, now);
    if (length <= (phase === PHASE_IDLE ? limit : Math.max(limit, this.#startTimeout))) return;
    this.#breakOff('It did not come to what it was sent.');
  }

  /** What the worker has said is heard before it counts as late: it may have waited for this thread. */
  #watchStart(now: number): void {
    if (this.#isStartLate) this.stop();
    else this.#isStartLate = now - this.openedAt > this.#startTimeout;
  }

  #watchItem(sent: SentChunk, now: number, grace: number): void {
    if (sent.work.timeout === undefined) return;
    const phase = readPhase(this.#session.slots);
    // Its answer is on its way: nothing runs that could be late.
    if (phase === PHASE_IDLE) return;
    const begun = countBegun(this.#session.slots, sent.line);
    const isAnswering = begun > 1 && phase === PHASE_ANSWERING;
    const { stage, beat } = readPlace(this.#session.slots, sent.line);
    if (begun !== sent.seen || beat !== sent.seenBeat) {
      sent.seen = begun;
      sent.seenBeat = beat;
      sent.seenAt = now;
      return;
    }
    const timeout = sent.work.limitOf(stage);
    if (begun === 0 || timeout === undefined || now - sent.seenAt <= timeout) return;
    const current = begun - 1;
    if (isAnswering) {
      // The getters of one of its results do not return. Once the worker is stopped, each item runs by itself.
      if (now - sent.seenAt > timeout + grace) this.stop(sent);
    } else if (!sent.late.has(current) || sent.lateBeat !== beat) {
      sent.late.add(current);
      sent.lateBeat = beat;
      const rest = sent.transferred === undefined ? this.takeBack(sent, sent.end) : undefined;
      markAborted(this.#session.slots, sent.line, begun, beat);
      this.#post({ type: 'abort', chunk: sent.id });
      if (rest !== undefined) sent.work.giveBack(rest);
    } else if (now - sent.seenAt > timeout + grace) {
      this.stop(sent);
    }
  }

  #watchLoad(sent: SentChunk, now: number): void {
    if (readPhase(this.#session.slots) !== PHASE_LOADING) {
      this.#loadingSince = undefined;
    } else if (this.#loadingSince === undefined) {
      this.#loadingSince = now;
    } else if (now - this.#loadingSince > this.#importTimeout + 1000) {
      // The worker's own limit should have spoken: its event loop is stuck in the module.
      this.stop(sent);
    }
  }

  /** What comes may be what a task has broken, or made up: it is read no further than it can be trusted. */
  #hear(message: unknown): void {
    if (isFromWorker(message) && this.#isDue(message)) this.#receive(message);
    else this.#breakOff('It sent what no worker sends.');
  }

  #isDue(message: FromWorker): boolean {
    if (message.type === 'ready') return this.#readyAt === undefined;
    if (message.type !== 'answer' && message.type !== 'unloadable') return true;
    const [sent] = this.held;
    if (sent?.id !== message.chunk) return false;
    return message.type === 'unloadable' || fits(message, sent.chunk.items.length);
  }

  /** Stops a worker that cannot be trusted any more. What it holds goes back, and nobody is to blame. */
  #breakOff(reason: string): void {
    if (this.#isOver || this.#isStopped) return;
    this.#isBlocked = true;
    this.#events.onBlocked(this, this.stop() ?? this.#worker, reason);
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.#readyAt = performance.now();
        this.#worker = message.threadId;
        this.#session.greet?.(message);
        this.#sendHeldBack();
        this.#events.onStart(this);
        return;
      case 'answer':
        this.#session.flush?.();
        this.#settle(message);
        break;
      case 'unloadable': {
        const sent = this.#release(message.chunk);
        const unread = this.#unread.get(sent?.work.taskId ?? -1);
        sent?.work.unloadable(sent, unread === undefined ? decodeThrown(message.thrown) : new Error(unread));
        break;
      }
      case 'undecodable':
        this.#receiveUndecodable(message);
        break;
      case 'stray':
        this.#passStray(message);
        return;
      case 'worn':
        this.#wornSince = performance.now();
        this.end(true);
        return;
      case 'retired':
        this.stop();
        return;
      case 'broken':
        this.#breakOff(`It could not go on: ${message.reason}.`);
        return;
    }
    this.#events.onRoom(this);
  }

  #passStray({ chunk, index, thrown }: StrayMessage): void {
    const work = this.#traces.find(chunk, this.held);
    if (work !== undefined) work.strayed(index, thrown);
    else
      warnOfStray(
        `${index === undefined ? 'A task' : `Item ${index}`} of a call that is over`,
        decodeThrown(thrown),
      );
  }

  #settle(answer: AnswerMessage): void {
    const sent = this.#release(answer.chunk);
    if (sent === undefined) return;
    const now = performance.now();
    const busy = now - Math.max(sent.since, this.#readyAt ?? now) - answer.load;
    // The next chunk has been able to run since this one was done.
    if (this.held[0] !== undefined) this.held[0].since = now;
    if (answer.ran < sent.end) sent.work.giveBack(sliceChunk(sent.chunk, answer.ran, sent.end));
    sent.work.answered(sent, answer, busy);
  }

  /** A message that the worker could not decode: a chunk, or a task, whose chunk comes behind it and says so. */
  #receiveUndecodable({ position, reason }: UndecodableMessage): void {
    for (const [task, at] of this.#told) {
      if (at !== position) continue;
      this.#unread.set(task, reason);
      return;
    }
    const sent = this.#release(this.held[0]?.id);
    sent?.work.undecodable(sent, reason);
  }

  /**
   * A message of the worker that cannot be decoded. An answer it can be once the worker said that it answers: its chunk has
   * run. Else it was what an item left behind.
   */
  #receiveUnreadable(reason: unknown): void {
    const [sent] = this.held;
    if (sent === undefined || !isAnswered(this.#session.slots, sent.line)) {
      warnOfStray('A task', reason);
      return;
    }
    this.#release(sent.id);
    sent.work.unreadable(sent, reason);
    this.#events.onRoom(this);
  }

  /**
   * Answers come in the order of the chunks. An answer to another chunk is of one that was given up, or it is not from us: then
   * what else the worker says cannot be trusted.
   */
  #release(answered: number | undefined): SentChunk | undefined {
    const sent = this.held.find(({ id }) => id === answered);
    if (sent === undefined) return undefined;
    if (sent !== this.held[0]) {
      this.stop();
      return undefined;
    }
    this.held.shift();
    const { work, chunk, end } = sent;
    this.#last = { work, first: indexOf(chunk, 0), final: indexOf(chunk, Math.max(0, end - 1)) };
    this.#traces.note(sent);
    return sent;
  }

  #finish(end: SessionEnd): void {
    this.#session.port.close();
    this.#session.flush?.();
    this.#isOver = true;
    if (this.isStarting) this.#giveUp(end);
    else this.#lose(end);
    this.#events.onEnd(this, end);
  }

  /** The worker could not start: nothing has begun. */
  #giveUp(end: SessionEnd): void {
    if (end.kind !== 'terminated' && end.kind !== 'ended') this.#events.onUnstarted(this, end);
    else if (this.#isStartLate) this.#events.onUnstarted(this, { kind: 'late', limit: this.#startTimeout });
    for (const sent of this.held.splice(0)) sent.work.giveBack(sliceChunk(sent.chunk, 0, sent.end));
  }

  #lose(end: SessionEnd): void {
    const phase = readPhase(this.#session.slots);
    this.held.splice(0).forEach((sent, position) => {
      const begun = countBegun(this.#session.slots, sent.line);
      sent.place = readPlace(this.#session.slots, sent.line);
      // It has left the stage in which it was late.
      if (sent.place.beat !== sent.lateBeat) sent.late.clear();
      const isSpared = end.kind === 'terminated' && this.#culprit !== undefined && this.#culprit !== sent;
      const stage = isSpared ? { spared: begun } : findStage(begun, phase);
      sent.work.lost(sent, end, position > 0 ? 'queued' : this.#isBlocked ? 'blocked' : stage);
    });
  }

  #post(message: ToWorker, transfers?: readonly Transferable[]): void {
    if (this.#isHoldingBack) {
      this.#heldBack.push(() => this.#post(message, transfers));
      return;
    }
    this.#session.port.post(message, transfers);
    if (message.type === 'define') this.#told.set(message.task, this.#posted);
    this.#posted++;
  }
}

function findStage(begun: number, phase: number): LostStage {
  // Of several items that all have run, it may have been any whose result was being sent.
  if (phase === PHASE_ANSWERING && begun > 1) return { ran: begun };
  if (begun > 0) return begun - 1;
  return phase === PHASE_LOADING ? 'loading' : 'waiting';
}
