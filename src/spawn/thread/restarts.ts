import { backOff, LONGEST_DELAY } from '../../async/backoff.ts';
import { createDeferred } from '../../async/deferred.ts';
import type { RestartOptions } from '../remote/options.ts';

const MOST = 3;
const WITHIN = 60_000;

/** Says whether there may be one more restart, and when. */
export class Restarts {
  readonly #most: number;
  readonly #within: number;
  readonly #delay: (restarts: number) => number;
  readonly #times: number[] = [];
  /** Number of restarts so far. */
  count = 0;

  constructor({ max = MOST, within = WITHIN, backoff = backOff }: RestartOptions) {
    this.#most = max;
    this.#within = within;
    this.#delay = typeof backoff === 'function' ? backoff : (): number => backoff;
  }

  /** Returns the milliseconds to wait before the next restart; `undefined` when there were as many as may be. */
  next(): number | undefined {
    const now = performance.now();
    while (this.#times[0] !== undefined && now - this.#times[0] > this.#within) this.#times.shift();
    if (this.#times.length >= this.#most) return undefined;
    this.#times.push(now);
    this.count++;
    return Math.min(LONGEST_DELAY, Math.max(0, Number(this.#delay(this.#times.length)) || 0));
  }

  describe(): string {
    return `${this.#most} ${this.#most === 1 ? 'restart' : 'restarts'} within ${this.#within} ms`;
  }
}

/** The time between a death and a restart, which may be cut short. */
export class Pause {
  readonly #over = createDeferred();
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.#timer = setTimeout(this.#over.resolve, ms);
  }

  /** Resolves when the pause is over, or was cut short. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Makes the pause keep the process alive while it is needed, and not otherwise. */
  keepAlive(isNeeded: boolean): void {
    if (isNeeded) this.#timer.ref();
    else this.#timer.unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#over.resolve();
  }
}
