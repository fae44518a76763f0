import { createDeferred, type Deferred } from '../../deferred.ts';
import { warnOfStart } from '../failure/failures.ts';
import { countLanes, findLongest } from './balance.ts';
import type { Answered } from './lane/inbox.ts';
import { DEPTH, Lane } from './lane/lane.ts';
import type { Patience } from './lane/watch.ts';
import type { SessionHost, SessionTerms } from './host.ts';
import { Starts } from './starts.ts';
import type { SentChunk, Work } from './work.ts';

/** An idle worker takes over items only when they would keep another one busy for this long, in ms … */
const WORTH_TAKING = 0.5;
/** … or when that one is still not done after this long: its estimate may be wrong. */
const LOOK_AGAIN = 2;
/** A worker that has not started yet is started for a part that would take this long, in ms. */
const WORTH_STARTING = 50;
/** How often to look for items past their time when no call has a `timeout`, in ms: for modules that never load. */
const WATCH = 100;
/** Sessions of a run that had nothing to do for this long end; they open again when it has. */
const IDLE_AFTER = 250;
/** A worker that runs nothing is given at least this long to begin what it was sent, in ms: the system may hold it up. */
const LEAST_SILENCE = 1000;
/** How long a worker may take to hear that it is to end, in ms, and how often to look. */
const CLOSING_SILENCE = 2000;
const CLOSING_WATCH = 20;
/** Of so many workers it is known what they ran last. */
const MOST_NOTED = 256;
/** The longest grace of a closing that is forced, in ms. */
const FORCED_GRACE = 1000;

export interface DispatchLimits extends SessionTerms {
  /** Milliseconds between asking a worker to stop and stopping it. */
  readonly grace: number;
}

/**
 * Hands chunks of all runs on a pool to its workers: one chunk to each before a second to any, the runs in turn.
 * When nothing is left to hand out, an idle worker takes over half of what has not begun elsewhere.
 */
export class Dispatch {
  readonly limits: DispatchLimits;
  /** Gives the one for items that have ended their worker, where the pool has one. */
  readonly suspects: (() => Dispatch) | undefined;
  readonly #host: SessionHost;
  readonly #lanes = new Set<Lane>();
  readonly #attached = new Set<Work>();
  /** Those of them with a time limit. */
  readonly #timed = new Set<Work>();
  /** Runs that may have a chunk to hand out, in turn. */
  readonly #ready = new Set<Work>();
  #watchTimer: NodeJS.Timeout | undefined;
  #watchEvery = 0;
  #auditedAt = 0;
  #busyAt = 0;
  #stealTimer: NodeJS.Timeout | undefined;
  #isFilling = false;
  readonly #starts = new Starts();
  #onDrained: Deferred<void> | undefined;
  #isForced = false;
  /** What each worker ran last, by its number: that may have left behind what holds the worker up. */
  readonly #ran = new Map<number, Pick<Answered, 'first' | 'final'>>();

  constructor(host: SessionHost, limits: DispatchLimits, suspects?: () => Dispatch) {
    this.#host = host;
    this.limits = limits;
    this.suspects = suspects;
  }

  get size(): number {
    return this.#host.size;
  }

  /** Milliseconds between asking a worker to stop and stopping it. */
  get grace(): number {
    return this.#isForced ? Math.min(this.limits.grace, FORCED_GRACE) : this.limits.grace;
  }

  /** A run begins. Up to `workers` sessions are opened at once, so that workers start while the task is looked up. */
  attach(work: Work, workers: number): void {
    this.#attached.add(work);
    this.#busyAt = performance.now();
    if (work.timeout !== undefined) this.#timed.add(work);
    this.#watch();
    while (this.#lanes.size < workers && this.#mayOpen()) this.#openLane();
  }

  /** A run is over. Without runs, the sessions end, and idle workers keep no process alive. */
  detach(work: Work): void {
    this.#attached.delete(work);
    this.#timed.delete(work);
    this.#ready.delete(work);
    if (work.definition?.kind !== 'reference') for (const lane of this.#lanes) lane.forget(work.taskId);
    this.#watch();
    // The next call in a row comes in the same turn of the event loop, and finds the sessions open.
    if (this.#attached.size > 0) return;
    this.#onDrained?.resolve();
    setImmediate(() => {
      if (this.#attached.size > 0) return;
      this.#starts.clear();
      this.#endLanes();
    });
  }

  /** A run has chunks again. */
  wake(work: Work): void {
    if (!this.#attached.has(work)) return;
    this.#busyAt = performance.now();
    this.#ready.add(work);
    this.#fill();
  }

  /**
   * Ends what a run has in progress: asks between items, and stops the workers that have not answered after the
   * grace time. Resolves when nothing of the run is in progress.
   */
  async withdraw(work: Work): Promise<void> {
    this.#ready.delete(work);
    const stopAt = performance.now() + this.grace;
    const asked: { readonly lane: Lane; readonly sent: SentChunk }[] = [];
    for (const lane of this.#lanes) {
      for (const sent of lane.held) {
        if (sent.work !== work || !lane.ask(sent)) continue;
        sent.stopAt = stopAt;
        asked.push({ lane, sent });
      }
    }
    const isHeld = (): boolean => asked.some(({ lane, sent }) => lane.held.includes(sent));
    if (!isHeld()) return;
    await new Promise<void>((resolve) => {
      const poll = setInterval(() => {
        const now = performance.now();
        const patience = this.#patience();
        for (const { lane } of asked) lane.watch(now, patience);
        if (isHeld()) return;
        clearInterval(poll);
        resolve();
      }, 1);
    });
  }

  /** Whether a worker has a chunk of this run. */
  holds(work: Work): boolean {
    return countLanes(this.#lanes, work) > 0;
  }

  /** Resolves when no run is on the pool any more, or soon when they are cut off. */
  async drained(): Promise<void> {
    if (this.#attached.size === 0) return;
    this.#onDrained ??= createDeferred();
    await this.#onDrained.promise;
  }

  /** Ends all runs now, and then the workers without asking. */
  cutOff(): void {
    if (this.#isForced) return;
    this.#isForced = true;
    const stopAt = performance.now() + this.grace;
    for (const lane of this.#lanes) {
      for (const sent of lane.held)
        if (sent.stopAt !== undefined) sent.stopAt = Math.min(sent.stopAt, stopAt);
    }
    for (const work of this.#attached) work.cutOff();
    // A run that waits for what never comes, such as a source that cannot be closed, is not waited for.
    const late = setTimeout(() => this.#onDrained?.resolve(), 2 * FORCED_GRACE);
    void this.drained().then(() => clearTimeout(late));
  }

  /**
   * Ends all sessions, and what `perWorker` opened in the workers: what is not closed after `importTimeout` never will be.
   * Resolves when they are over, in a few seconds where nothing is to be closed: a worker that does not hear is stopped.
   */
  async endAll(): Promise<void> {
    const start = performance.now();
    const watch = setInterval(() => {
      const now = performance.now();
      // The later half is for the workers that are visited.
      const silence = Math.max(CLOSING_SILENCE / 2, start + CLOSING_SILENCE - now);
      for (const lane of this.#lanes) {
        if (this.#isForced) lane.stop();
        else lane.watchEnd(now, silence);
      }
    }, CLOSING_WATCH);
    try {
      await this.#endAllLanes();
      // Sessions that ended before left their workers' values open: each worker is visited once more.
      if (!this.#isForced) for (let left = this.#host.idle; left > 0; left--) this.#openLane().end(true);
      await this.#endAllLanes();
    } finally {
      clearInterval(watch);
    }
  }

  /** Also those that were opened while others ended. */
  async #endAllLanes(): Promise<void> {
    while (this.#lanes.size > 0) {
      this.#endLanes();
      // oxlint-disable-next-line no-await-in-loop -- until there is none.
      await Promise.all([...this.#lanes].map((lane) => lane.ended));
    }
  }

  #openLane(): Lane {
    let hasFailed = false;
    const lane = new Lane(this.#host, this.limits, {
      onRoom: () => this.#fill(),
      onBlocked: (blocked, worker, reason) => this.#reportBlock(blocked, worker, reason),
      onStart: ({ openedAt }) => {
        warnOfStart(this.#starts.succeed(openedAt));
        this.#fill();
      },
      onUnstarted: (ended, failure) => {
        hasFailed = true;
        this.#lanes.delete(ended);
        this.#starts.fail(failure, this.#lanes.size);
      },
      onEnd: (ended, { kind }) => {
        this.#lanes.delete(ended);
        this.#noteLast(ended);
        if (hasFailed) this.#afterFailedStart();
        else if (kind !== 'ended') this.#replace();
        this.#fill();
      },
    });
    this.#lanes.add(lane);
    return lane;
  }

  /** A worker has ended while runs are on the pool: another starts at once, so that none waits for it when it is needed. */
  #replace(): void {
    let wanted = 0;
    for (const { workers } of this.#attached) wanted = Math.max(wanted, workers);
    if (!this.#isForced && this.#lanes.size < wanted && this.#mayOpen()) this.#openLane();
  }

  /** Whether there may be another lane. Workers that wait for one have shown that they can start. */
  #mayOpen(): boolean {
    if (this.#lanes.size >= this.#host.size) return false;
    return this.#host.idle > 0 || this.#starts.allows(this.#countLanes());
  }

  #countLanes(): { readonly live: number; readonly starting: number } {
    let starting = 0;
    for (const lane of this.#lanes) if (lane.isStarting) starting++;
    return { live: this.#lanes.size - starting, starting };
  }

  /** Others go on without it, or another one is tried, or the runs are told. What it held has been given back. */
  #afterFailedStart(): void {
    if (this.#countLanes().live > 0) warnOfStart(this.#starts.takeWarning());
    const failure = this.#starts.takeVerdict();
    if (failure === undefined) return;
    // Nothing is opened for what comes back meanwhile.
    this.#isFilling = true;
    try {
      const waiting = [...this.#ready];
      this.#ready.clear();
      for (const work of waiting) {
        const chunk = work.nextChunk();
        // Its last outcome may have come.
        if (chunk === undefined) continue;
        work.giveBack(chunk);
        work.unstarted(failure);
      }
    } finally {
      this.#isFilling = false;
    }
  }

  #fill(): void {
    // Sessions without a call are ending: nothing is opened or moved for what they still hold.
    if (this.#attached.size === 0) return;
    // Sending may fail an item, which may wake its run: one loop serves them all.
    if (this.#isFilling) return;
    this.#isFilling = true;
    try {
      for (let depth = 1; depth <= DEPTH; depth++) {
        while (this.#ready.size > 0 && this.#sendOne(depth));
      }
    } finally {
      this.#isFilling = false;
    }
    if (this.#ready.size === 0) this.#balance();
    else if (this.#lanes.size === 0) this.#starts.awaitPause(() => this.#fill());
  }

  /** Sends one chunk to a worker that holds fewer than `depth`. False when there is no such worker or no chunk. */
  #sendOne(depth: number): boolean {
    for (const lane of this.#lanes) {
      if (lane.held.length < depth && lane.hasRoom && this.#sendTo(lane)) return true;
    }
    if (depth > 1 || !this.#mayOpen()) return false;
    // Opened only once there is a chunk for it.
    return this.#sendTo(undefined);
  }

  #sendTo(lane: Lane | undefined): boolean {
    for (const work of this.#ready) {
      const isHere = lane?.held.some((sent) => sent.work === work) ?? false;
      if (!isHere && countLanes(this.#lanes, work) >= work.workers) continue;
      const chunk = work.nextChunk();
      this.#ready.delete(work);
      if (chunk === undefined) continue;
      // To the end of the queue: runs take turns.
      this.#ready.add(work);
      (lane ?? this.#openLane()).send(work, chunk);
      return true;
    }
    return false;
  }

  /** Gives idle workers a part of what others have not begun. */
  #balance(): void {
    if ((findLongest(this.#lanes)?.time ?? 0) > WORTH_STARTING && this.#mayOpen()) this.#openLane();
    let isLookAgainDue = false;
    for (const lane of this.#lanes) {
      if (!lane.isIdle || !lane.hasRoom) continue;
      const found = findLongest(this.#lanes);
      if (found === undefined) break;
      const { from, sent, free, time } = found;
      if (time < WORTH_TAKING && performance.now() - sent.since < LOOK_AGAIN + time) {
        isLookAgainDue = true;
        break;
      }
      const taken = from.takeBack(sent, Math.ceil(free / 2));
      if (taken !== undefined) lane.send(sent.work, taken);
      isLookAgainDue = true;
    }
    if (isLookAgainDue && this.#stealTimer === undefined) {
      this.#stealTimer = setTimeout(() => {
        this.#stealTimer = undefined;
        this.#fill();
      }, LOOK_AGAIN);
    }
  }

  #endLanes(): void {
    clearTimeout(this.#stealTimer);
    this.#stealTimer = undefined;
    for (const lane of this.#lanes) lane.end(false);
  }

  #audit(now: number): void {
    this.#auditedAt = now;
    for (const work of this.#attached) if (!this.#ready.has(work) && !this.holds(work)) work.audit();
  }

  #patience(): Patience {
    let shortest = Infinity;
    for (const { timeout = Infinity } of this.#timed) shortest = Math.min(shortest, timeout);
    const silence = shortest === Infinity ? this.limits.startTimeout : Math.max(shortest, LEAST_SILENCE);
    return { grace: this.grace, silence };
  }

  /** Tells a run that waits for the worker, or for any. */
  #reportBlock(lane: Lane, worker: number | undefined, reason: string): void {
    const [anyone] = this.#ready.size > 0 ? this.#ready : this.#attached;
    const work = lane.held[0]?.work ?? anyone;
    const last = lane.last ?? (worker === undefined ? undefined : this.#ran.get(worker));
    if (worker !== undefined) this.#ran.delete(worker);
    work?.heldUp(
      `A worker is replaced. ${reason} ${describeLast(last)} left something behind that holds it up, such as a timer that loops, ` +
        'or has replaced what the worker needs.',
    );
  }

  #noteLast({ worker, last }: Lane): void {
    if (worker === undefined || last === undefined) return;
    this.#ran.delete(worker);
    this.#ran.set(worker, { first: last.first, final: last.final });
    const [oldest] = this.#ran.keys();
    // Numbers of threads that are gone would pile up.
    if (this.#ran.size > MOST_NOTED && oldest !== undefined) this.#ran.delete(oldest);
  }

  #watch(): void {
    let every = this.#attached.size === 0 ? 0 : WATCH;
    for (const { timeout } of this.#timed) every = Math.min(every, Math.max(1, (timeout ?? WATCH) / 10));
    if (every === this.#watchEvery) return;
    clearInterval(this.#watchTimer);
    this.#watchEvery = every;
    if (every === 0) return;
    this.#watchTimer = setInterval(() => {
      const now = performance.now();
      let isIdle = true;
      const patience = this.#patience();
      for (const lane of this.#lanes) {
        lane.watch(now, patience);
        isIdle &&= lane.isIdle;
      }
      if (now - this.#auditedAt > WATCH) this.#audit(now);
      if (!isIdle) this.#busyAt = now;
      // A source that has nothing, or a reader that stopped reading: such a run must not keep the process alive.
      else if (now - this.#busyAt > IDLE_AFTER) this.#endLanes();
    }, every);
    this.#watchTimer.unref();
  }
}

function describeLast(last: Pick<Answered, 'first' | 'final'> | undefined): string {
  if (last === undefined) return 'A task';
  const { first, final } = last;
  return first === final
    ? `Item ${first}, the last that ran there,`
    : `One of the items ${first} to ${final}, the last that ran there,`;
}
