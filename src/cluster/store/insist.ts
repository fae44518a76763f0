import { setTimeout as sleep } from 'node:timers/promises';
import { raceTime } from '../../async/deferred.ts';
import { ClusterError } from '../cluster-error.ts';

/** Milliseconds between two tries of a step, from the first on. */
const PAUSE_FIRST = 50;
const PAUSE_MOST = 1000;

/** Milliseconds between two looks whether a step is still wanted. */
const LOOK = 250;

/** Milliseconds without an answer after which a connection is taken for lost. */
const ANSWER = 5000;

/** Errors of a broker that is gone, or that comes back: PostgreSQL's classes 08 and 57, and those of sockets. */
const LOST =
  /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ERR_STREAM|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|Connection (is closed|terminated)|connection close|terminating connection|connection timeout|timeout expired|timeout exceeded|Query read timeout|not queryable|shutting down|starting up/i;

/** Terms on which a step is tried again. */
export interface Insistence {
  /** Milliseconds for which a broker that cannot be reached is waited for. */
  readonly limit: number;
  /** Tells that nobody wants the step any more. */
  readonly isOver?: () => boolean;
  /** Whether items or outcomes go along: each try has twice the time of the one before, since many bytes take long. */
  readonly isLarge?: boolean;
  /** Milliseconds without an answer after which a step is tried again. `@defaultValue` 5,000 */
  readonly patience?: number;
  /**
   * Called when a step gets no answer: connections are to be made anew, since a router may have forgotten them, of which
   * no end of one is told. Returns false where the connection is slow: then the answer is waited for.
   */
  readonly onSilence?: (silence: number) => boolean;
}

/**
 * Does a step at the broker, again and again while the broker cannot be reached: every step of the store may be
 * repeated.
 *
 * @throws ClusterError with `reason` 'broker' when the broker cannot be reached for too long; and what a step rejects with
 *   that is not the loss of a connection.
 */
export async function insist<R>(step: () => Promise<R>, terms: Insistence): Promise<R> {
  const { limit, isOver, isLarge = false, patience: first = ANSWER, onSilence } = terms;
  const until = performance.now() + limit;
  let patience = first;
  let cause: unknown;
  for (let pause = PAUSE_FIRST; ; pause = Math.min(PAUSE_MOST, 2 * pause)) {
    try {
      const doing = step();
      for (let isSlow = true; isSlow;) {
        // Commands wait in the client until its connection is back, which may be never.
        if (await settles(doing, Math.min(until, performance.now() + patience), isOver)) return await doing;
        isSlow = onSilence?.(patience) === false && isOver?.() !== true && performance.now() < until;
      }
      doing.catch(() => {});
      // What was said before, at an earlier try, says more.
      cause ??= new Error(`no answer within ${Math.min(limit, patience)} ms`);
      if (isLarge) patience *= 2;
    } catch (thrown) {
      if (!isLost(thrown)) throw thrown;
      cause = thrown;
      patience = first;
    }
    if (isOver?.() === true || performance.now() >= until) {
      throw new ClusterError(
        `The broker could not be reached for ${Math.round(limit / 1000)} s: ${describe(cause)}`,
        'broker',
        { cause },
      );
    }
    await sleep(pause);
  }
}

/** Waits for a step until a time, or until nobody wants it. Resolves with whether the step is done. */
async function settles(
  doing: Promise<unknown>,
  until: number,
  isOver: (() => boolean) | undefined,
): Promise<boolean> {
  while (performance.now() < until && isOver?.() !== true) {
    // oxlint-disable-next-line no-await-in-loop -- whoever waits is asked from time to time whether it still does.
    if (await raceTime(doing, Math.min(LOOK, Math.max(1, until - performance.now())))) return true;
  }
  return false;
}

/** Tells whether an error says that a connection was lost, or that the server is about to come or go. */
export function isLost(thrown: unknown): boolean {
  const { code, message } = Object(thrown) as { code?: unknown; message?: unknown };
  return LOST.test(`${String(code)} ${String(message)}`) || /^(08|57P0|53300)/.test(String(code));
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
