import type { SessionHost } from '../../hosts/host.ts';
import type { WorkerSession } from '../session/worker-session.ts';
import type { Patience } from '../session/watch.ts';
import type { SentChunk, Work } from '../../work/work.ts';

/** Milliseconds that a worker may take to hear that it is to end, and milliseconds between two looks. */
const CLOSING_SILENCE = 2000;
const CLOSING_WATCH = 20;

/**
 * Ends what a run has in progress on these sessions: asks between items, and lets the workers be stopped that have not
 * answered at `stopAt`. Resolves when nothing of the run is in progress; `undefined` where nothing is.
 *
 * @param readPatience - Called at each look, since the grace may become shorter.
 */
export function withdrawWork(
  sessions: Iterable<WorkerSession>,
  work: Work,
  stopAt: number,
  readPatience: () => Patience,
): Promise<void> | undefined {
  const asked: { readonly session: WorkerSession; readonly sent: SentChunk }[] = [];
  for (const session of sessions) {
    for (const sent of session.held.chunks) {
      if (sent.work !== work || !session.held.ask(sent)) continue;
      sent.stopAt = stopAt;
      asked.push({ session, sent });
    }
  }
  const isHeld = (): boolean => asked.some(({ session, sent }) => session.held.chunks.includes(sent));
  if (!isHeld()) return undefined;
  return new Promise<void>((resolve) => {
    const poll = setInterval(() => {
      const now = performance.now();
      const patience = readPatience();
      for (const { session } of asked) session.watch(now, patience);
      if (isHeld()) return;
      clearInterval(poll);
      resolve();
    }, 1);
  });
}

/** Lets workers forget the task of a run that is over, unless it means the same in every run. */
export function forgetTask(
  sessions: Iterable<WorkerSession>,
  { definition, store, taskId }: Work['terms'],
): void {
  if (definition?.kind === 'reference' && store === undefined) return;
  for (const session of sessions) session.forget(taskId);
}

/** Lets the workers that were asked for an end be stopped at `stopAt`, unless they were to be stopped earlier. */
export function hastenStops(sessions: Iterable<WorkerSession>, stopAt: number): void {
  for (const session of sessions) {
    for (const sent of session.held.chunks)
      if (sent.stopAt !== undefined) sent.stopAt = Math.min(sent.stopAt, stopAt);
  }
}

/** The pool whose sessions end. */
export interface EndingPool {
  readonly host: SessionHost;
  readonly sessions: ReadonlySet<WorkerSession>;
  /** Whether workers are stopped without being asked. */
  readonly isForced: boolean;
  openSession(): WorkerSession;
  endSessions(): void;
}

/**
 * Ends all sessions, and what `perWorker` opened in the workers: what is not closed after `importTimeout` never will
 * be. Resolves when they are over, in a few seconds where nothing is to be closed: a worker that does not hear is
 * stopped.
 */
export async function endSessions(pool: EndingPool): Promise<void> {
  const start = performance.now();
  const watch = setInterval(() => {
    const now = performance.now();
    // The later half of the time is for the workers that are visited.
    const silence = Math.max(CLOSING_SILENCE / 2, start + CLOSING_SILENCE - now);
    for (const session of pool.sessions) {
      if (pool.isForced) session.stop();
      else session.watchEnd(now, silence);
    }
  }, CLOSING_WATCH);
  try {
    await endAll(pool);
    // Sessions that ended before left their workers' values open: each worker is visited once more.
    if (!pool.isForced) for (let left = pool.host.idle; left > 0; left--) pool.openSession().end(true);
    await endAll(pool);
  } finally {
    clearInterval(watch);
  }
}

/** Ends all sessions, also those that were opened while others ended. */
async function endAll(pool: EndingPool): Promise<void> {
  while (pool.sessions.size > 0) {
    pool.endSessions();
    // oxlint-disable-next-line no-await-in-loop -- until there is none.
    await Promise.all([...pool.sessions].map((session) => session.ended));
  }
}
