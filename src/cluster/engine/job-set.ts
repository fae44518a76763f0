/** The jobs that a node runs. */
export class JobSet {
  isClosed = false;
  /** Time of the last job that was added, in ms of `performance.now()`. */
  takenAt: number = performance.now();
  readonly #running = new Set<Promise<unknown>>();

  get size(): number {
    return this.#running.size;
  }

  /** Adds a job, and gives it back. */
  async add<R>(job: Promise<R>): Promise<R> {
    this.takenAt = performance.now();
    this.#running.add(job);
    try {
      return await job;
    } finally {
      this.#running.delete(job);
    }
  }

  /** Resolves when no job runs. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
