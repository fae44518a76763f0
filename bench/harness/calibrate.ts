import { spin } from '../tasks.ts';
import { cpuTime } from './cpu-time.ts';

/** Turns of one try, which takes some milliseconds. */
const TURNS = 2_000_000;
const TRIES = 9;

/**
 * Counts the turns of `spin` that this machine makes in a microsecond of CPU time. All contenders are given the same.
 */
export function calibrate(): number {
  let best = 0;
  let kept = 0;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const start = cpuTime();
    kept ^= spin(TURNS + attempt);
    best = Math.max(best, TURNS / ((cpuTime() - start) * 1000));
  }
  // Never true; without it the loop above could be left out as unused.
  if (kept === 0.5) throw new Error('spin() returns integers.');
  return best;
}
