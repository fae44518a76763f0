import type { SessionHost } from '../../hosts/host.ts';
import type { Lane } from '../lane/lane.ts';
import type { Patience } from '../lane/watch.ts';
import type { SentChunk, Work } from '../../work/work.ts';

/** Milliseconds that a worker may take to hear that it is to end, and milliseconds between two looks. */
const CLOSING_SILENCE = 2000;
const CLOSING_WATCH = 20;

/**
 * Ends what a run has in progress on these lanes: asks between items, and lets the workers be stopped that have not
 * answered at `stopAt`. Resolves when nothing of the run is in progress; `undefined` where nothing is.
 *
 * @param readPatience - Called at each look, since the grace may become shorter.
 */
export function withdrawWork(
  lanes: Iterable<Lane>,
  work: Work,
  stopAt: number,
  readPatience: () => Patience,
): Promise<void> | undefined {
  const asked: { readonly lane: Lane; readonly sent: SentChunk }[] = [];
  for (const lane of lanes) {
    for (const sent of lane.held) {
      if (sent.work !== work || !lane.ask(sent)) continue;
      sent.stopAt = stopAt;
      asked.push({ lane, sent });
    }
  }
  const isHeld = (): boolean => asked.some(({ lane, sent }) => lane.held.includes(sent));
  if (!isHeld()) return undefined;
  return new Promise<void>((resolve) => {
    const poll = setInterval(() => {
      const now = performance.now();
      const patience = readPatience();
      for (const { lane } of asked) lane.watch(now, patience);
      if (isHeld()) return;
      clearInterval(poll);
      resolve();
    }, 1);
  });
}

/** Lets the workers that were asked for an end be stopped at `stopAt`, unless they were to be stopped earlier. */
export function hastenStops(lanes: Iterable<Lane>, stopAt: number): void {
  for (const lane of lanes) {
    for (const sent of lane.held) if (sent.stopAt !== undefined) sent.stopAt = Math.min(sent.stopAt, stopAt);
  }
}

/** The pool whose sessions end. */
export interface EndingPool {
  readonly host: SessionHost;
  readonly lanes: ReadonlySet<Lane>;
  /** Whether workers are stopped without being asked. */
  readonly isForced: boolean;
  openLane(): Lane;
  endLanes(): void;
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
    for (const lane of pool.lanes) {
      if (pool.isForced) lane.stop();
      else lane.watchEnd(now, silence);
    }
  }, CLOSING_WATCH);
  try {
    await endLanes(pool);
    // Sessions that ended before left their workers' values open: each worker is visited once more.
    if (!pool.isForced) for (let left = pool.host.idle; left > 0; left--) pool.openLane().end(true);
    await endLanes(pool);
  } finally {
    clearInterval(watch);
  }
}

/** Ends the sessions of all lanes, also of those that were opened while others ended. */
async function endLanes(pool: EndingPool): Promise<void> {
  while (pool.lanes.size > 0) {
    pool.endLanes();
    // oxlint-disable-next-line no-await-in-loop -- until there is none.
    await Promise.all([...pool.lanes].map((lane) => lane.ended));
  }
}
