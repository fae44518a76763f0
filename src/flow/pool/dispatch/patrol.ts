import type { SessionTerms } from '../../hosts/host.ts';
import type { WorkerSession } from '../session/worker-session.ts';
import type { Patience } from '../session/watch.ts';
import type { Work } from '../../work/work.ts';

/** Milliseconds between two looks when no call has a `timeout`, for modules that never load. */
const EVERY = 100;
/** Milliseconds after which the sessions of a run that had nothing to do end; they open again when it has something. */
const IDLE_AFTER = 250;
/** Least milliseconds that a worker that runs nothing is given to begin what it was sent: the system may hold it up. */
const LEAST_SILENCE = 1000;

/** Milliseconds for which the sessions of a pool without a run stay open: to open one takes 0.3 ms of CPU time. */
const LONGEST_REST = 250;

/** The pool that a patrol looks after. */
export interface Patrolled {
  readonly sessions: Iterable<WorkerSession>;
  /** Milliseconds between asking a worker to stop and stopping it. */
  readonly grace: number;
  readonly limits: SessionTerms;
  /** Number of runs that are on the pool. */
  readonly runs: number;
  /** Looks for runs that wait for what nobody has. */
  audit(): void;
  /** Ends the sessions, since nothing was to be done for a while. */
  endSessions(): void;
}

/** Looks at all workers at intervals, while a run is on the pool: for what is past its time, and for nothing to do. */
export class Patrol {
  readonly #pool: Patrolled;
  /** Runs on the pool that have a time limit. */
  readonly #timed = new Set<Work>();
  #timer: NodeJS.Timeout | undefined;
  #every = 0;
  #auditedAt = 0;
  #busyAt = 0;
  #isOver = false;
  readonly #rest: Rest;

  constructor(pool: Patrolled) {
    this.#pool = pool;
    this.#rest = new Rest(pool);
  }

  /** Milliseconds that workers may take now, which depend on the limits of the runs. */
  get patience(): Patience {
    const { grace, limits } = this.#pool;
    let shortest = Infinity;
    for (const { terms } of this.#timed) shortest = Math.min(shortest, terms.timeout ?? Infinity);
    return {
      grace,
      silence: shortest === Infinity ? limits.startTimeout : Math.max(shortest, LEAST_SILENCE),
    };
  }

  /** Takes in a run that has come onto the pool. */
  add(work: Work): void {
    this.noteBusy();
    this.#rest.leave();
    if (work.terms.timeout !== undefined) this.#timed.add(work);
    this.#adjust();
  }

  /**
   * Drops a run that has left the pool. After the last run the patrol goes on until `rest`: the next call in a row
   * would start the timer anew.
   */
  remove(work: Work): void {
    this.#timed.delete(work);
    if (this.#pool.runs > 0) this.#adjust();
  }

  /**
   * Lets the sessions rest, since no run has come after the last one, and stops looking once those that cannot rest have
   * ended: one may load a module that never loads.
   */
  rest(): void {
    this.#rest.enter();
    this.#adjust();
  }

  /** Stops looking for good: who closes the pool looks at its sessions, and two that look would disturb each other. */
  stop(): void {
    this.#isOver = true;
    this.#adjust();
  }

  /** Notes that the sessions end. */
  endRest(): void {
    this.#rest.stop();
  }

  /** Notes that there is something to do. */
  noteBusy(): void {
    this.#busyAt = performance.now();
  }

  /**
   * Adjusts the patrol to look as often as the shortest time limit wants it, and not at all where there is no run, and no
   * worker that was asked to end.
   */
  #adjust(): void {
    const isNeeded = this.#pool.runs > 0 || [...this.#pool.sessions].some(({ isEnding }) => isEnding);
    let every = isNeeded && !this.#isOver ? EVERY : 0;
    for (const { terms } of this.#timed) every = Math.min(every, Math.max(1, (terms.timeout ?? EVERY) / 10));
    if (every === this.#every) return;
    clearInterval(this.#timer);
    this.#every = every;
    if (every === 0) return;
    this.#timer = setInterval(() => this.#look(), every);
    this.#timer.unref();
  }

  #look(): void {
    const now = performance.now();
    // The last worker may have come to its end.
    this.#adjust();
    let isIdle = true;
    const patience = this.patience;
    for (const session of this.#pool.sessions) {
      session.watch(now, patience);
      isIdle &&= session.isIdle;
    }
    if (now - this.#auditedAt > EVERY) {
      this.#auditedAt = now;
      this.#pool.audit();
    }
    if (!isIdle) this.#busyAt = now;
    // A run whose source has nothing, or whose reader stopped reading, must not keep the process alive.
    else if (now - this.#busyAt > IDLE_AFTER) this.#pool.endSessions();
  }
}

/** Keeps the sessions of a pool open for a while after its last run, so that they keep no process alive. */
class Rest {
  readonly #pool: Patrolled;
  #timer: NodeJS.Timeout | undefined;
  #isResting = false;

  constructor(pool: Patrolled) {
    this.#pool = pool;
  }

  /** Lets the sessions rest, and ends those that cannot. */
  enter(): void {
    this.#isResting = true;
    for (const session of this.#pool.sessions) if (!session.keepAwake(false)) session.end(false);
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#end(), LONGEST_REST).unref();
    else this.#timer.refresh();
  }

  /** Lets the sessions keep the process alive again, since there is a run. The timer goes on: the next rest may be near. */
  leave(): void {
    if (!this.#isResting) return;
    this.#isResting = false;
    for (const session of this.#pool.sessions) session.keepAwake(true);
  }

  /** Ends the rest, since the sessions end. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isResting = false;
  }

  #end(): void {
    this.#timer = undefined;
    if (this.#isResting && this.#pool.runs === 0) this.#pool.endSessions();
  }
}
