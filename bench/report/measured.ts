import type { Spread } from '../harness/statistics.ts';

/** The sequential twin; a program by hand, which is the limit; Telar; what one would pick instead. */
export type Role = 'loop' | 'limit' | 'telar' | 'peer';

/** Measurements of one contender. What a case cannot measure is left out. */
export interface Measured {
  readonly name: string;
  readonly role: Role;
  /** Milliseconds for all of the work. */
  readonly time: Spread;
  /** Time over that of the limit, round by round. */
  readonly ratio?: Spread;
  /** Milliseconds of CPU, user and system, of all threads and processes. */
  readonly cpu?: Spread;
  /** CPU time over that of the sequential twin, round by round. */
  readonly work?: Spread;
  /** The most MB that it held. */
  readonly peak?: Spread;
  /** Delay of the event loop of its main thread: the 99th percentile, in ms. */
  readonly delay?: Spread;
}

/** The growth of a cost. */
export interface Curve {
  readonly name: string;
  readonly role: Role;
  /** Units of the axes, alike for all curves of a case, such as `items` and `µs for each`. */
  readonly xUnit: string;
  readonly yUnit: string;
  readonly points: readonly { readonly x: number; readonly y: Spread }[];
}
