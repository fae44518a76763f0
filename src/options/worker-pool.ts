/** Options of closing a pool. */
export interface CloseOptions {
  /**
   * Ends what runs instead of waiting for it: calls in progress reject with a `WorkerError` whose `reason` is `'closed'`, and
   * what `perWorker` opened is not closed. `@defaultValue` false
   */
  readonly force?: boolean | undefined;
}

/** A set of workers that calls can share. `Pool` makes one. */
export interface WorkerPool {
  /** The most workers that run at once. */
  readonly workers: number;
  /**
   * Lets the calls in progress finish, then ends the workers; with `force: true`, ends both at once. Calling it twice is
   * fine: the second time may force what the first one waits for.
   */
  close(options?: CloseOptions): Promise<void>;
}
