import fc from 'fast-check';
import type { Isolation } from '../../src/options/pool-options.ts';

/** A strike from outside, and its time: so many ms after the calls began. */
export interface Strike {
  readonly after: number;
  /**
   * Kind of the strike: of a thread, `worker.terminate()`; of a process, a signal. Two signals that a process is let go
   * on behind are no death.
   */
  readonly how: 'SIGKILL' | 'SIGTERM' | 'stop and go on';
  /** Picks one of those that are alive. */
  readonly whom: number;
}

/** Calls of every form at once, whose workers are struck at random moments. */
export interface Trial {
  readonly isolate: Isolation;
  readonly workers: number;
  /** Whether workers had started, and loaded the task, before the calls began. */
  readonly isWarm: boolean;
  readonly chunkSize: number | undefined;
  /** More than there are strikes, or none. */
  readonly retries: 0 | 4;
  readonly strikes: readonly Strike[];
  /** The item of each call that leaves `process.exit` behind in a timer: only the first of them to run does. */
  readonly leavesExit: number | undefined;
  readonly restarts: boolean;
}

/** Two deaths at the most: of a third that starts, or loads its task, it is said that it cannot. */
const MOST_STRIKES = 2;

export function drawTrial(isolate: Isolation): fc.Arbitrary<Trial> {
  const strike: fc.Arbitrary<Strike> = fc.record({
    after: fc.oneof(fc.constant(0), fc.nat(15), fc.nat(60), fc.nat(150)),
    how: fc.constantFrom('SIGKILL', 'SIGTERM', 'stop and go on'),
    whom: fc.nat(),
  });
  return fc.record({
    isolate: fc.constant(isolate),
    workers: fc.constantFrom(1, 2, 3),
    isWarm: fc.boolean(),
    chunkSize: fc.constantFrom(undefined, undefined, 1, 5),
    retries: fc.constantFrom(0, 4),
    strikes: fc.array(strike, { minLength: 1, maxLength: MOST_STRIKES }),
    leavesExit: fc.option(fc.nat(19), { nil: undefined, freq: 3 }),
    restarts: fc.boolean(),
  });
}
