import { warnOfStart } from '../../failure/failures.ts';
import type { SessionHost } from '../../hosts/host.ts';
import { DEPTH, WorkerSession } from '../session/worker-session.ts';
import type { Work } from '../../work/work.ts';
import { Balance, type BalancedPool, countSessions, countStarts } from './balance.ts';
import { endSessions, type EndingPool, forgetTask, hastenStops, withdrawWork } from './ends.ts';
import type { DispatchLimits } from './limits.ts';
import { LastRuns } from './last-runs.ts';
import { Patrol, type Patrolled } from './patrol.ts';
import { RunQueue } from './run-queue.ts';
import { Starts } from './starts.ts';

/** The longest grace of a closing that is forced, in ms. */
const FORCED_GRACE = 1000;

/**
 * Hands chunks of all runs on a pool to its workers: one chunk to each before a second to any, the runs in turn.
 * When nothing is left to hand out, an idle worker takes over half of what has not begun elsewhere.
 */
export class Dispatch implements BalancedPool, EndingPool, Patrolled {
  readonly limits: DispatchLimits;
  /** Gives the dispatch for items that have ended their worker, where the pool has one. */
  readonly suspects: (() => Dispatch) | undefined;
  readonly host: SessionHost;
  readonly sessions: Set<WorkerSession> = new Set<WorkerSession>();
  readonly #queue = new RunQueue();
  #isFilling = false;
  readonly #starts = new Starts();
  readonly #balance: Balance = new Balance(this);
  readonly #patrol: Patrol = new Patrol(this);
  readonly #lastRuns = new LastRuns();
  #isForced = false;

  constructor(host: SessionHost, limits: DispatchLimits, suspects?: () => Dispatch) {
    this.host = host;
    this.limits = limits;
    this.suspects = suspects;
  }

  get grace(): number {
    return this.#isForced ? Math.min(this.limits.grace, FORCED_GRACE) : this.limits.grace;
  }

  get isForced(): boolean {
    return this.#isForced;
  }

  /** Number of runs that are on the pool. */
  get runs(): number {
    return this.#queue.attached.size;
  }

  /** Whether a worker is ready. */
  get isUp(): boolean {
    return [...this.sessions].some(({ isUp }) => isUp);
  }

  /** Takes in a run that begins. Up to `workers` sessions open at once: workers start while the task is looked up. */
  attach(work: Work, workers: number): void {
    this.#queue.add(work);
    this.#patrol.add(work);
    while (this.sessions.size < workers && this.mayOpen()) this.openSession();
  }

  /** Drops a run that is over. Without runs, the sessions rest, and idle workers keep no process alive. */
  detach(work: Work): void {
    this.#queue.delete(work);
    forgetTask(this.sessions, work.terms);
    this.#patrol.remove(work);
    // The next call in a row comes in the same turn of the event loop, and finds the sessions open.
    if (this.runs > 0) return;
    setImmediate(() => {
      if (this.runs > 0) return;
      this.#starts.clear();
      this.#balance.stop();
      this.#patrol.rest();
    });
  }

  /** Hands out chunks of a run that has some again. */
  wake(work: Work): void {
    if (!this.#queue.wake(work)) return;
    this.#patrol.noteBusy();
    this.fill();
  }

  /** Ends what a run has in progress within the grace time; see `withdrawWork`. */
  withdraw(work: Work): Promise<void> | undefined {
    this.#queue.rest(work);
    return withdrawWork(this.sessions, work, performance.now() + this.grace, () => this.#patrol.patience);
  }

  holds(work: Work): boolean {
    return countSessions(this.sessions, work) > 0;
  }

  isRunning(work: Work): boolean {
    return [...this.sessions].some(({ held }) => held.isRunning(work));
  }

  /** Resolves when no run is on the pool any more, or soon when they are cut off. */
  drained(): Promise<void> {
    return this.#queue.drained();
  }

  /** Ends all runs now, and then the workers without asking. */
  cutOff(): void {
    if (this.#isForced) return;
    this.#isForced = true;
    hastenStops(this.sessions, performance.now() + this.grace);
    for (const work of this.#queue.attached) work.cutOff();
    // A run that waits for what never comes, such as a source that cannot be closed, is not waited for.
    const late = setTimeout(() => this.#queue.release(), 2 * FORCED_GRACE);
    void this.drained().then(() => clearTimeout(late));
  }

  /** Ends all sessions, and what `perWorker` opened in the workers. Resolves when they are over; see `endSessions`. */
  endAll(): Promise<void> {
    this.#patrol.stop();
    return endSessions(this);
  }

  openSession(): WorkerSession {
    let hasFailed = false;
    const session = new WorkerSession(this.host, this.limits, {
      onRoom: () => this.fill(),
      onBlocked: (blocked, worker, reason) => this.#reportBlock(blocked, worker, reason),
      onStart: ({ openedAt }) => {
        warnOfStart(this.#starts.succeed(openedAt));
        this.fill();
      },
      onUnstarted: (ended, failure) => {
        hasFailed = true;
        this.sessions.delete(ended);
        this.#starts.fail(failure, this.sessions.size);
      },
      onEnd: (ended, { kind }) => {
        this.sessions.delete(ended);
        this.#lastRuns.note(ended);
        if (hasFailed) this.#afterFailedStart();
        // Runs that only waited for what this worker held leave in this turn, so it is replaced in a later one.
        else if (kind !== 'ended') setImmediate(() => this.#replace());
        this.fill();
      },
    });
    this.sessions.add(session);
    return session;
  }

  /** Replaces a worker that ended while runs are on the pool, so that none waits for the new one when it is needed. */
  #replace(): void {
    const wanted = Math.max(0, ...Array.from(this.#queue.attached, ({ terms }) => terms.workers));
    if (!this.#isForced && this.sessions.size < wanted && this.mayOpen()) this.openSession();
  }

  /** Tells whether there may be another session. Workers that wait for one have shown that they can start. */
  mayOpen(): boolean {
    if (this.sessions.size >= this.host.size) return false;
    return this.host.idle > 0 || this.#starts.allows(countStarts(this.sessions));
  }

  /** Goes on with the other workers, tries another one, or tells the runs. The session's chunks have been given back. */
  #afterFailedStart(): void {
    if (countStarts(this.sessions).live > 0) warnOfStart(this.#starts.takeWarning());
    const failure = this.#starts.takeVerdict();
    if (failure === undefined) return;
    // Nothing is opened for what comes back meanwhile.
    this.#isFilling = true;
    try {
      for (const work of this.#queue.takeAll()) {
        const chunk = work.nextChunk();
        // The run's last outcome may have come.
        if (chunk === undefined) continue;
        work.giveBack(chunk);
        work.unstarted(failure);
      }
    } finally {
      this.#isFilling = false;
    }
  }

  fill(): void {
    // Sessions without a call are ending: nothing is opened or moved for what they still hold.
    if (this.runs === 0) return;
    // Sending may fail an item, which may wake its run: one loop serves them all.
    if (this.#isFilling) return;
    this.#isFilling = true;
    try {
      for (let depth = 1; depth <= DEPTH; depth++) {
        while (this.#queue.isWaiting && this.#sendOne(depth));
      }
    } finally {
      this.#isFilling = false;
    }
    if (!this.#queue.isWaiting) this.#balance.level();
    else if (this.sessions.size === 0) this.#starts.awaitPause(() => this.fill());
  }

  /** Sends one chunk to a worker that holds fewer than `depth`. Returns false without such a worker or a chunk. */
  #sendOne(depth: number): boolean {
    for (const session of this.sessions) {
      if (session.held.chunks.length < depth && session.hasRoom && this.#sendTo(session)) return true;
    }
    if (depth > 1 || !this.mayOpen()) return false;
    // A session is opened only once there is a chunk for it.
    return this.#sendTo(undefined);
  }

  #sendTo(session: WorkerSession | undefined): boolean {
    const next = this.#queue.takeChunk((work) => {
      const isHere = session?.held.chunks.some((sent) => sent.work === work) ?? false;
      return isHere || countSessions(this.sessions, work) < work.terms.workers;
    });
    if (next === undefined) return false;
    (session ?? this.openSession()).send(next.work, next.chunk);
    return true;
  }

  endSessions(): void {
    this.#balance.stop();
    this.#patrol.endRest();
    for (const session of this.sessions) session.end(false);
  }

  audit(): void {
    for (const work of this.#queue.attached) if (!this.#queue.has(work) && !this.holds(work)) work.audit();
  }

  /** Tells a run that waits for the worker, or for any, why the worker is replaced. */
  #reportBlock(session: WorkerSession, worker: number | undefined, reason: string): void {
    const work = session.held.chunks[0]?.work ?? this.#queue.first;
    const report = this.#lastRuns.reportBlock(session, worker, reason);
    work?.heldUp(report);
  }
}
