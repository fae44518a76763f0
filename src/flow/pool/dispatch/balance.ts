import type { WorkerSession } from '../session/worker-session.ts';
import type { SentChunk, Work } from '../../work/work.ts';

/** Milliseconds for which items must keep another worker busy before an idle worker takes them over. */
const WORTH_TAKING = 0.5;
/** Milliseconds after which a worker that is still not done is helped anyway: its estimate may be wrong. */
const LOOK_AGAIN = 2;
/** Milliseconds that a part must take before a worker that has not started yet is started for it. */
const WORTH_STARTING = 50;

/** A chunk that an idle worker could take a part of. */
interface Surplus {
  readonly from: WorkerSession;
  readonly sent: SentChunk;
  /**
   * Number of items of the chunk that have not begun, and are not about to: none, where it is to be looked at again.
   */
  readonly free: number;
  /** Milliseconds that the free items would take, as far as is known. */
  readonly time: number;
}

/**
 * Number of times that a chunk is taken over whole from a worker that has not come to it. The chunk may be one that
 * ends whatever decodes it: the worker that has it then keeps it, and its death is the chunk's; else the chunk would
 * end one worker after the other.
 */
const MOST_MOVES = 2;

/** Counts the workers that hold a chunk of this run. */
export function countSessions(sessions: Iterable<WorkerSession>, work: Work): number {
  let count = 0;
  for (const session of sessions) if (session.held.chunks.some((sent) => sent.work === work)) count++;
  return count;
}

/** Counts the workers that have started, and those that are about to. */
export function countStarts(sessions: ReadonlySet<WorkerSession>): {
  readonly live: number;
  readonly starting: number;
} {
  let starting = 0;
  for (const session of sessions) if (session.isStarting) starting++;
  return { live: sessions.size - starting, starting };
}

/**
 * Tells whether a worker that has nothing before this chunk is about to begin it: the worker is there, and has had no
 * time yet.
 */
function isNew(from: WorkerSession, sent: SentChunk, now: number): boolean {
  return from.isUp && now - sent.since < LOOK_AGAIN;
}

/**
 * Finds the chunk with the most work that has not begun, among those whose run may use another worker. The first item
 * of a chunk that its worker is about to begin stays there: to take it away costs two messages more, and wins nothing.
 */
function findLongest(sessions: Iterable<WorkerSession>): Surplus | undefined {
  const now = performance.now();
  let longest: Surplus | undefined;
  for (const from of sessions) {
    for (const sent of from.held.chunks) {
      const { work } = sent;
      if (work.isOver || sent.stopAt !== undefined || !work.isAwaited || work.isUnloadable) continue;
      if (countSessions(sessions, work) >= work.terms.workers) continue;
      const left = from.held.countFree(sent);
      if (left === 0) continue;
      const isUnbegun = left === sent.end && sent === from.held.chunks[0];
      if (isUnbegun && (sent.chunk.moves ?? 0) >= MOST_MOVES) continue;
      const free = isUnbegun && isNew(from, sent, now) ? left - 1 : left;
      const time = free === 0 ? 0 : free * (work.terms.service ?? Infinity);
      if (longest === undefined || time > longest.time) longest = { from, sent, free, time };
    }
  }
  return longest;
}

/** The pool whose workers share what is left. */
export interface BalancedPool {
  readonly sessions: Iterable<WorkerSession>;
  mayOpen(): boolean;
  openSession(): WorkerSession;
  /** Hands out the chunks that there are, and then balances again. */
  fill(): void;
}

/** Gives idle workers a part of what others have not begun. */
export class Balance {
  readonly #pool: BalancedPool;
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: BalancedPool) {
    this.#pool = pool;
  }

  /** Moves the items that are worth it now, and looks again in a moment while there is something to move. */
  level(): void {
    const { sessions } = this.#pool;
    let found = findLongest(sessions);
    if (found === undefined) return;
    if (found.time > WORTH_STARTING && this.#pool.mayOpen()) this.#pool.openSession();
    let isLookAgainDue = false;
    for (const session of sessions) {
      if (!session.isIdle || !session.hasRoom) continue;
      found ??= findLongest(sessions);
      if (found === undefined) break;
      const { from, sent, free, time } = found;
      if (time < WORTH_TAKING && performance.now() - sent.since < LOOK_AGAIN + time) {
        isLookAgainDue = true;
        break;
      }
      const taken = from.held.takeBack(sent, Math.ceil(free / 2));
      if (taken !== undefined) session.send(sent.work, taken);
      found = undefined;
      isLookAgainDue = true;
    }
    if (isLookAgainDue && this.#timer === undefined) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#pool.fill();
      }, LOOK_AGAIN);
    }
  }

  /** Stops looking until it is asked to look again. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
