import { insist } from '../store/insist.ts';
import { JobQueue } from './job-queue.ts';
import { JobWorker, type WorkerTerms } from './job-worker.ts';

/** Milliseconds without a job, while there are some, after which a worker is made anew. */
const LONGEST_IDLE = 5000;
/** Milliseconds for which a look at the queue may take. */
const PATIENCE = 4000;

/**
 * Takes the jobs of one version, and looks whether it still does: a connection that a router has forgotten tells nothing, and
 * BullMQ's loop may hang behind one that comes back.
 */
export class WatchedWorker {
  readonly #terms: WorkerTerms;
  readonly #jobs: JobQueue;
  #worker: JobWorker;
  #isClosed = false;

  private constructor(terms: WorkerTerms, jobs: JobQueue, worker: JobWorker) {
    this.#terms = terms;
    this.#jobs = jobs;
    this.#worker = worker;
  }

  static async open(terms: WorkerTerms): Promise<WatchedWorker> {
    const worker = await JobWorker.open(terms);
    return new WatchedWorker(
      terms,
      await JobQueue.open(terms.connection, terms.queue, terms.version),
      worker,
    );
  }

  /** Makes the worker anew where jobs wait and it takes none. Rejects where the broker cannot be asked. */
  async tend(): Promise<void> {
    await this.#worker.tend();
    const since = performance.now() - LONGEST_IDLE;
    if (!this.#worker.isIdleSince(since)) return;
    const terms = { limit: PATIENCE, onSilence: () => this.#jobs.reset() };
    const { waiting } = await insist(() => this.#jobs.count(), terms);
    if (waiting === 0 || this.#isClosed || !this.#worker.isIdleSince(since)) return;
    const before = this.#worker;
    this.#worker = await JobWorker.open(this.#terms);
    // The chunks of the old worker are committed all the same.
    await before.close(true);
    if (this.#isClosed) await this.#worker.close(true);
  }

  /** Takes no more jobs. Resolves when those that run are done; soon if `isForced`. */
  async close(isForced: boolean): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#worker.close(isForced), this.#jobs.close()]);
  }
}
