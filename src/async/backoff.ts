import { setTimeout as sleep } from 'node:timers/promises';

const FIRST = 100;
const LONGEST = 30_000;

/** The longest time that a timer of Node takes, in ms: one that is told to take longer fires at once. */
export const LONGEST_DELAY: number = 2 ** 31 - 1;

/**
 * Returns the milliseconds before the next try: twice as long each time, up to 30 s, and a random part less, so that
 * calls which failed together do not come back together.
 */
export function backOff(attempts: number): number {
  return Math.min(LONGEST, FIRST * 2 ** (attempts - 1)) * (0.5 + Math.random() / 2);
}

/** Waits for `ms` milliseconds; rejects with the signal's reason when the signal fires. */
export async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (!(ms > 0)) return;
  try {
    await sleep(Math.min(ms, LONGEST_DELAY), undefined, signal === undefined ? {} : { signal });
  } catch (thrown) {
    signal?.throwIfAborted();
    throw thrown;
  }
}
