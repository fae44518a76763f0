import { hasEnded, type ThreadDeaths, signature } from './lifelines.ts';
import { type Cells, sleep, sleepSync, wake } from './waiting.ts';

/**
 * Permits in shared memory; each is signed by the thread that has it. These hold wherever a thread is held up:
 *
 * - No permit has two holders: only the exchange of a 0, or of the signature of a thread that has ended, takes it.
 *   Numbers of threads are never used again, so that signature cannot have come back meanwhile, and of two heirs one
 *   finds it gone.
 * - Nobody sleeps through a permit that came back: the turn is read before the permits are, and counts up after one is
 *   free; a sleep on a turn that is past does not begin.
 * - A wake-up that goes to a thread that does not live to use it costs a slice of time, and no more: all who sleep look
 *   again by then.
 */
export interface Permits {
  readonly cells: Cells;
  readonly obituaries: ThreadDeaths;
}

/** Cell that counts up whenever a permit comes back: threads that wait for a permit sleep on it. */
const TURN = 0;
/** Cell with the number of permits that were held by threads that died. */
const LOST = 1;
const FIRST = 2;

/** Looks for a permit that is soon free: a wait for main's event loop would take longer than a look or two. */
const LOOKS = 100;

export function createPermits(count: number, obituaries: ThreadDeaths): Permits {
  const bytes = (FIRST + count) * Int32Array.BYTES_PER_ELEMENT;
  return { cells: new Int32Array(new SharedArrayBuffer(bytes)), obituaries };
}

/** Takes a permit that is free, and returns its place; -1 when there is none. */
function tryTake({ cells }: Permits): number {
  const own = signature();
  for (let at = FIRST; at < cells.length; at++) {
    if (Atomics.compareExchange(cells, at, 0, own) === 0) return at;
  }
  return -1;
}

/** Takes a free permit of those that are held for some instructions only: looks again some times. -1 for none. */
export function tryTakeSoon(permits: Permits): number {
  for (let looks = 0; looks < LOOKS; looks++) {
    const at = tryTake(permits);
    if (at !== -1) return at;
  }
  return -1;
}

/** Takes over the permit of a thread that died holding it; -1 when there is none. */
function inherit({ cells, obituaries }: Permits): number {
  const own = signature();
  for (let at = FIRST; at < cells.length; at++) {
    const holder = Atomics.load(cells, at);
    if (holder === 0 || holder === own || !hasEnded(obituaries, holder)) continue;
    if (Atomics.compareExchange(cells, at, holder, own) !== holder) continue;
    Atomics.add(cells, LOST, 1);
    return at;
  }
  return -1;
}

export function giveBack({ cells }: Permits, at: number): void {
  Atomics.store(cells, at, 0);
  wake(cells, TURN, 1);
}

export function countLost({ cells }: Permits): number {
  return Atomics.load(cells, LOST);
}

export function countFree({ cells }: Permits): number {
  let free = 0;
  for (let at = FIRST; at < cells.length; at++) if (Atomics.load(cells, at) === 0) free++;
  return free;
}

/** A permit that was taken, as its place, and whether its holder before had died with it. */
export interface Taken {
  readonly at: number;
  readonly isInherited: boolean;
}

/** Waits for a permit without holding up the thread. */
export async function take(permits: Permits, signal: AbortSignal | undefined): Promise<Taken> {
  for (;;) {
    signal?.throwIfAborted();
    const turn = readTurn(permits);
    const taken = tryTakeAny(permits);
    if (taken !== undefined) return taken;
    // oxlint-disable-next-line no-await-in-loop -- until one is free.
    await sleepTurn(permits, turn, signal);
  }
}

/** Returns the turn, which is read before the permits are looked at, and to wait on when none was free. */
export function readTurn({ cells }: Permits): number {
  return Atomics.load(cells, TURN);
}

/** Waits until a permit may have come back since the turn was read; takes none. */
export async function sleepTurn(
  { cells }: Permits,
  turn: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  await sleep(cells, TURN, turn, signal);
}

/** Waits for a permit, and blocks the thread. */
export function takeSync(permits: Permits): Taken {
  for (;;) {
    const turn = readTurn(permits);
    const taken = tryTakeAny(permits);
    if (taken !== undefined) return taken;
    assertOthersHold(permits);
    sleepSync(permits.cells, TURN, turn);
  }
}

/** Takes a permit that is free, or that a dead thread has left behind. */
export function tryTakeAny(permits: Permits): Taken | undefined {
  const free = tryTake(permits);
  if (free !== -1) return { at: free, isInherited: false };
  const inherited = inherit(permits);
  return inherited === -1 ? undefined : { at: inherited, isInherited: true };
}

function assertOthersHold({ cells }: Permits): void {
  const own = signature();
  for (let at = FIRST; at < cells.length; at++) if (Atomics.load(cells, at) !== own) return;
  throw new Error(
    'This thread holds it already, and would wait for itself: release it first, or pass it on.',
  );
}
