import { assertKnown, optionError } from '../options/check.ts';
import { describeValue } from '../errors/describe.ts';

/** Number of starts in a second, or in each `interval` of milliseconds. */
export type Rate = number | { readonly limit: number; readonly interval: number };

/** Allows no more than `limit` starts in any stretch of `interval` ms. */
export class Pace {
  readonly #limit: number;
  readonly #interval: number;
  /** Times of the last starts, oldest first. */
  readonly #starts: number[] = [];

  constructor(limit: number, interval: number) {
    this.#limit = limit;
    this.#interval = interval;
  }

  /** Returns the milliseconds until the next start may be; 0 for now. */
  look(now: number = performance.now()): number {
    if (this.#starts.length < this.#limit) return 0;
    return Math.max(0, (this.#starts[0] as number) + this.#interval - now);
  }

  /** Notes that something has started. */
  take(now: number = performance.now()): void {
    if (this.#starts.length >= this.#limit) this.#starts.shift();
    this.#starts.push(now);
  }
}

/** Makes the pace of a rate. A rate of less than one start in an interval is one start in a longer interval. */
export function makePace(rate: Rate): Pace {
  const { limit, interval } = typeof rate === 'number' ? { limit: rate, interval: 1000 } : rate;
  const whole = Math.max(1, Math.floor(limit));
  return new Pace(whole, (interval * whole) / limit);
}

/** Throws unless the value is a rate; `undefined` is none. */
export function assertRate(rate: unknown): void {
  if (typeof rate === 'object' && rate !== null) {
    assertKnown(rate, ['limit', 'interval']);
    const { limit, interval } = rate as { limit?: unknown; interval?: unknown };
    assertPositive(limit, 'rate.limit');
    assertPositive(interval, 'rate.interval');
  } else if (rate !== undefined) {
    assertPositive(rate, 'rate');
  }
}

function assertPositive(rate: unknown, name: string): void {
  if (typeof rate === 'number' && rate > 0 && rate < Infinity) return;
  throw optionError(
    `Expected \`${name}\` to be a number above 0: calls a second, or { limit, interval }, got ${describeValue(rate)}.`,
  );
}
