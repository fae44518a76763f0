import { type CallSite, placeAt } from '../../errors/call-site.ts';
import { WorkerError } from '../../errors/item-errors.ts';

/**
 * Admits calls to a pool that takes only so many: as many as it has workers run, and so many more may wait. A server
 * refuses the rest at once, which it could not answer in time.
 */
export class Admission {
  readonly #workers: number;
  readonly #maxQueue: number;
  /** Number of calls that have no outcome yet. */
  #pending = 0;

  constructor(workers: number, maxQueue: number) {
    this.#workers = workers;
    this.#maxQueue = maxQueue;
  }

  /**
   * Takes in a call. Returns a function that is to be called when the call is over.
   *
   * @throws WorkerError when too many wait.
   */
  enter(site: CallSite): () => void {
    if (this.#pending >= this.#workers + this.#maxQueue) throw placeAt(this.#makeError(), site);
    this.#pending++;
    let isOver = false;
    return () => {
      if (!isOver) this.#pending--;
      isOver = true;
    };
  }

  #makeError(): WorkerError {
    const message =
      `The call was refused: its pool has ${this.#workers} workers, all in use, and ${this.#maxQueue} calls wait ` +
      'already, as many as its `maxQueue`. Try again later, or tell whoever asks to.';
    return new WorkerError(message, { index: 0, attempts: 0, reason: 'full' });
  }
}
