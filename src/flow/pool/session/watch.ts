import {
  countBegun,
  markAborted,
  PHASE_ANSWERING,
  PHASE_CLOSING,
  PHASE_COLLECTING,
  PHASE_IDLE,
  PHASE_LOADING,
  readPhase,
  readPlace,
} from '../../../wire/slots/slot.ts';
import type { HostedSession, SessionEnd, SessionTerms, StartFailure } from '../../hosts/host.ts';
import type { SentChunk } from '../../work/work.ts';
import { takeItems } from './held-chunks.ts';
import { Silence } from './silence.ts';

/** Milliseconds that a worker may take. */
export interface Patience {
  /** Milliseconds between being asked to stop and being stopped. */
  readonly grace: number;
  /** Milliseconds that a worker may take to begin what it was sent, while it runs nothing. */
  readonly silence: number;
}

/** Debt of a worker that was asked to end. */
const END = Symbol('end');

/** Milliseconds that a worker may take to load a task beyond its own limit: it should have said so by then. */
const LOAD_GRACE = 1000;

/**
 * Most milliseconds for which a process may be stopped by a signal while it has an item to begin: nothing of it runs
 * that could be waited for, and whoever stops all of a program for a while stops this process as well.
 */
const MOST_STOPPED = 1000;

/** Reason for which a worker is replaced whose process is stopped. */
export const SUSPENDED = 'Its process was stopped by a signal (SIGSTOP), and did not go on';

/** The chunks of a session, as far as its watch sees them. */
interface WatchedChunks {
  readonly chunks: readonly SentChunk[];
  /** Tells the worker that its current item should stop. */
  abort(sent: SentChunk): void;
}

/** The part of a session that its watch sees, and what the watch may do to it. */
export interface WatchedSession {
  readonly held: WatchedChunks;
  readonly openedAt: number;
  readonly isStarting: boolean;
  /** Whether the session's worker is known to listen. */
  readonly isUp: boolean;
  /** Whether the session's worker was asked to end. */
  readonly isEnding: boolean;
  /** Time since which a worker that is recycled closes what it holds, in ms of `performance.now()`. */
  readonly recyclingSince: number | undefined;
  stop(culprit?: SentChunk): void;
  breakOff(reason: string): void;
}

/** Finds a worker that takes too long: for its start, a load, an item, its end, or to do what it was asked. */
export class Watch {
  readonly #session: WatchedSession;
  readonly #hosted: HostedSession;
  readonly #terms: SessionTerms;
  readonly #silence = new Silence();
  #fault: 'late' | 'suspended' | undefined;
  #loadingSince: number | undefined;
  /** Number of the chunk that the fields below are of: the oldest that the worker held at the last look. */
  #current: number | undefined;
  /**
   * Number of items of the current chunk that had begun at the last look, the stage in which the last of them was (see
   * `Place`), and the time since which it was there.
   */
  #begun = 0;
  #beat = 0;
  #since = 0;
  /** The beat of the stage in which an item was found to be late. */
  #lateBeat = 0;

  constructor(session: WatchedSession, hosted: HostedSession, terms: SessionTerms) {
    this.#session = session;
    this.#hosted = hosted;
    this.#terms = terms;
  }

  /** Whether the worker has had more time to start, or to load a task, than it may have. */
  get isLate(): boolean {
    return this.#fault === 'late';
  }

  /** The failure of a worker that has had more time to start than it may have. */
  get lateStart(): StartFailure | undefined {
    return this.isLate ? { kind: 'late', limit: this.#terms.startTimeout } : undefined;
  }

  /** Returns how the worker ended, where the watch knows more of that. */
  explainEnd(end: SessionEnd): SessionEnd {
    return this.#fault === 'suspended' && end.kind === 'terminated' ? { kind: 'suspended' } : end;
  }

  /** Looks for an item past its time, a load past its time, and a worker that does nothing of what it was asked. */
  look(now: number, { grace, silence }: Patience): void {
    const session = this.#session;
    if (session.isStarting) this.#watchStart(now);
    this.#watchSilence(now, silence);
    const sent = session.held.chunks[0];
    if (sent === undefined) {
      // A worker that is recycled may never come to the end of its closing.
      if (session.recyclingSince !== undefined && now - session.recyclingSince > this.#terms.importTimeout)
        session.stop();
      return;
    }
    if (sent.stopAt !== undefined && now >= sent.stopAt) {
      session.stop(sent);
      return;
    }
    this.#watchLoad(sent, now);
    this.#watchItem(sent, now, grace);
  }

  /**
   * Stops a worker while its session is closed for good, if it does not come to that, since what ran before holds it
   * up, or if it has been closing what `perWorker` opened for too long.
   */
  lookAtEnd(now: number, silence: number): void {
    const isClosing = readPhase(this.#hosted.slots) === PHASE_CLOSING;
    const stop = isClosing ? this.#hosted.readStop?.() : undefined;
    const length = this.#silence.measure(stop ?? (isClosing ? PHASE_CLOSING : END), now);
    const mayTakeLong = isClosing && stop === undefined;
    if (length > (mayTakeLong ? this.#terms.importTimeout : silence)) this.#session.stop();
  }

  /** Tells whether the item at which the worker was late is still, at this beat, in the stage in which it was late. */
  isLateAt(sent: SentChunk, beat: number): boolean {
    return beat === (this.#current === sent.id ? this.#lateBeat : 0);
  }

  /**
   * Breaks off with a worker that stays silent. A worker that runs nothing owes the beginning of what it holds, or its
   * answer, or its end, and that takes it no time. When it stays silent, something that ran there before holds it up,
   * or has broken it. A process that is stopped (SIGSTOP) is known to do nothing of it, which is nobody's fault.
   */
  #watchSilence(now: number, limit: number): void {
    const { isUp, isEnding } = this.#session;
    const phase = readPhase(this.#hosted.slots);
    const isAtRest = phase === PHASE_IDLE || phase === PHASE_COLLECTING;
    const owed = this.#session.held.chunks[0] ?? (isEnding ? END : undefined);
    const stop = this.#mayBeReplaced(phase) ? this.#hosted.readStop?.() : undefined;
    const length = this.#silence.measure(stop ?? (isUp && isAtRest ? owed : undefined), now);
    if (stop !== undefined) {
      if (limit !== Infinity && length > Math.min(limit, MOST_STOPPED)) this.#endSuspended();
      return;
    }
    if (length <= (phase === PHASE_IDLE ? limit : Math.max(limit, this.#terms.startTimeout))) return;
    this.#session.breakOff('It did not come to what it was sent.');
  }

  /** Tells whether the worker is on no item, but owes something: its start, a beginning, an answer or its end. */
  #mayBeReplaced(phase: number): boolean {
    const { isStarting, held, isEnding } = this.#session;
    const [sent] = held.chunks;
    if (sent === undefined) return isStarting || isEnding;
    return phase === PHASE_ANSWERING || countBegun(this.#hosted.slots, sent.row) === 0;
  }

  #endSuspended(): void {
    this.#fault = 'suspended';
    // A worker that has not started has run nothing that could be to blame.
    if (this.#session.isStarting) this.#session.stop();
    else this.#session.breakOff(SUSPENDED);
  }

  /**
   * Stops a worker that is late to start. What it has said is heard before it counts as late: it may have waited for
   * this thread.
   */
  #watchStart(now: number): void {
    if (this.isLate) this.#session.stop();
    else if (now - this.#session.openedAt > this.#terms.startTimeout) this.#fault ??= 'late';
  }

  #watchItem(sent: SentChunk, now: number, grace: number): void {
    if (sent.work.terms.timeout === undefined) return;
    const phase = readPhase(this.#hosted.slots);
    // The answer is on its way: nothing runs that could be late.
    if (phase === PHASE_IDLE) return;
    const begun = countBegun(this.#hosted.slots, sent.row);
    const isAnswering = begun > 1 && phase === PHASE_ANSWERING;
    const { stage, beat } = readPlace(this.#hosted.slots, sent.row);
    if (this.#current !== sent.id) this.#turnTo(sent);
    if (begun !== this.#begun || beat !== this.#beat) {
      this.#begun = begun;
      this.#beat = beat;
      this.#since = now;
      return;
    }
    const timeout = sent.work.terms.limitOf(stage);
    if (begun === 0 || timeout === undefined || now - this.#since <= timeout) return;
    const isPastGrace = now - this.#since > timeout + grace;
    if (isAnswering) {
      // The getters of one of its results do not return. Once the worker is stopped, each item runs by itself.
      if (isPastGrace) this.#session.stop(sent);
    } else if (!sent.late.has(begun - 1) || this.#lateBeat !== beat) {
      this.#endItem(sent, begun, beat);
    } else if (isPastGrace) {
      this.#session.stop(sent);
    }
  }

  /** Turns to a chunk of which nothing has been seen yet. */
  #turnTo(sent: SentChunk): void {
    this.#current = sent.id;
    this.#begun = 0;
    this.#beat = 0;
    this.#since = 0;
    this.#lateBeat = 0;
  }

  /** Tells the item that runs that it is past its time, and gives what has not begun behind it to others. */
  #endItem(sent: SentChunk, begun: number, beat: number): void {
    sent.late.add(begun - 1);
    this.#lateBeat = beat;
    const rest = sent.transferred === undefined ? takeItems(this.#hosted.slots, sent, sent.end) : undefined;
    markAborted(this.#hosted.slots, sent.row, begun, beat);
    this.#session.held.abort(sent);
    if (rest !== undefined) sent.work.giveBack(rest);
  }

  #watchLoad(sent: SentChunk, now: number): void {
    if (readPhase(this.#hosted.slots) !== PHASE_LOADING) {
      this.#loadingSince = undefined;
    } else if (this.#loadingSince === undefined) {
      this.#loadingSince = now;
    } else if (now - this.#loadingSince > this.#terms.importTimeout + LOAD_GRACE) {
      if (this.#hosted.readStop?.() !== undefined) {
        this.#endSuspended();
        return;
      }
      // The worker's own limit should have spoken: its event loop is stuck in the module.
      this.#fault = 'late';
      this.#session.stop(sent);
    }
  }
}
