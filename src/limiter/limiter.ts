import { onAbort } from '../async/on-abort.ts';
import { makePace, type Pace, type Rate } from './pace.ts';

/** The most that a limiter allows. */
export interface Limits {
  /** Number of places that may be taken at once. `@defaultValue` no limit */
  readonly concurrency?: number | undefined;
  /** Number of starts in a second, or in any stretch of `interval` ms. `@defaultValue` no limit */
  readonly rate?: Rate | undefined;
}

/** Somebody who waits for a place. */
interface Waiter {
  enter(): void;
}

/**
 * Hands out places: no more than `concurrency` at once, and no more than `rate` begun in any stretch of time. Whoever came
 * first is served first. A waiter that is aborted leaves the queue and takes no place.
 *
 * An idle limiter holds no timer, and the timer of one that waits for its rate keeps the process alive, as its waiters do.
 */
export class Limiter {
  readonly #concurrency: number;
  readonly #pace: Pace | undefined;
  readonly #queue = new Set<Waiter>();
  #taken = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ concurrency = Infinity, rate }: Limits) {
    this.#concurrency = concurrency;
    this.#pace = rate === undefined ? undefined : makePace(rate);
  }

  /** True while nobody has a place, nobody waits for one, and the rate lets one begin now. */
  get isIdle(): boolean {
    return this.#taken === 0 && this.#queue.size === 0 && (this.#pace?.look() ?? 0) === 0;
  }

  /** Takes a place. Resolves with the function that gives the place back. Rejects with the signal's reason. */
  acquire(signal?: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const giveUp = (): void => {
        this.#queue.delete(waiter);
        reject(signal?.reason as Error);
        this.#admit();
      };
      const waiter: Waiter = {
        enter: () => {
          stopListening?.();
          resolve(this.#take());
        },
      };
      const stopListening = signal && onAbort(signal, giveUp);
      this.#queue.add(waiter);
      this.#admit();
    });
  }

  #take(): () => void {
    this.#taken++;
    this.#pace?.take();
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.#taken--;
      this.#admit();
    };
  }

  #admit(): void {
    clearTimeout(this.#timer);
    for (const waiter of this.#queue) {
      if (this.#taken >= this.#concurrency) return;
      const wait = this.#pace?.look() ?? 0;
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#admit(), Math.ceil(wait));
        return;
      }
      this.#queue.delete(waiter);
      waiter.enter();
    }
  }
}
