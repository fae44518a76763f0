/** A set of workers that calls can share. `Pool` makes one. */
export interface WorkerPool {
  /** The most workers that run at once. */
  readonly workers: number;
  /** Lets the calls in progress finish, then ends the workers. Calling it twice is fine. */
  close(): Promise<void>;
}
