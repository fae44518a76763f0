import type { StartFailure } from '../../hosts/host.ts';

/**
 * Milliseconds before the next try where no worker is left: a limit of the system may pass. There are as many tries as
 * pauses.
 */
const PAUSES: readonly number[] = [50, 200];
/** Milliseconds before the next try while others work; twice as long each time. */
const RETRY_AFTER = 1000;
const LONGEST_RETRY = 60_000;

/**
 * Keeps account of workers that could not start. After one of them only one is tried at a time, so that a module that
 * kills every worker does not start them without end; when none is left, and the last try has failed, it gives up.
 */
export class Starts {
  /** Number of failed starts since a worker last started. */
  #failures = 0;
  #last: StartFailure | undefined;
  #lastAt = 0;
  /** Number of times that no worker was left. */
  #rounds = 0;
  #pauseEnd = 0;
  #timer: NodeJS.Timeout | undefined;
  #hasWarned = false;

  /** Tells whether a worker may be started now. */
  allows({ live, starting }: { readonly live: number; readonly starting: number }): boolean {
    if (this.#failures === 0) return true;
    if (starting > 0) return false;
    const wait = Math.min(RETRY_AFTER * 2 ** (this.#failures - 1), LONGEST_RETRY);
    return performance.now() >= (live > 0 ? this.#lastAt + wait : this.#pauseEnd);
  }

  /** Notes that a worker could not start. @param left - How many others live, or are starting. */
  fail(failure: StartFailure, left: number): void {
    this.#failures++;
    this.#last = failure;
    this.#lastAt = performance.now();
    if (left > 0) return;
    // A worker that was late has been waited for long enough: there is no further try.
    const pause = failure.kind === 'late' ? undefined : PAUSES[this.#rounds];
    this.#rounds++;
    this.#pauseEnd = pause === undefined ? Infinity : this.#lastAt + pause;
  }

  /**
   * Notes that a worker has started that was opened at this time. Gives the failure of others, should nobody know of it
   * yet.
   */
  succeed(openedAt: number): StartFailure | undefined {
    this.#rounds = 0;
    const failure = this.#last;
    if (failure !== undefined && openedAt > this.#lastAt) {
      // The worker has started where the one before could not.
      this.#failures = 0;
      this.#last = undefined;
    }
    return this.takeWarning();
  }

  /** Gives the failure to warn of, once, where others go on without the worker that failed. */
  takeWarning(): StartFailure | undefined {
    if (this.#hasWarned || this.#last === undefined) return undefined;
    this.#hasWarned = true;
    return this.#last;
  }

  /** Gives the reason, once, when there is no further try. Calls that come later begin anew. */
  takeVerdict(): StartFailure | undefined {
    if (this.#pauseEnd !== Infinity) return undefined;
    this.#rounds = 0;
    this.#pauseEnd = 0;
    return this.#last;
  }

  /** Calls back once the pause is over. The timer keeps the process alive, since a call waits. */
  awaitPause(onOver: () => void): void {
    // Without a further try there is nothing to wait for: the runs are about to be told.
    if (this.#timer !== undefined || this.#pauseEnd === Infinity) return;
    const rest = Math.max(0, this.#pauseEnd - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      onOver();
    }, Math.ceil(rest));
  }

  /** Ends the pause, since nobody waits any more. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#rounds = 0;
  }
}
