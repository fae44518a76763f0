/** Options of closing a pool. */
export interface CloseOptions {
  /**
   * Ends what runs instead of waiting for it: calls in progress reject with a `WorkerError` whose `reason` is `'closed'`, and
   * what `perWorker` opened is not closed. `@defaultValue` false
   */
  readonly force?: boolean | undefined;
}

/**
 * Occupation of a worker: it starts, and may take items already; has none; loads the task of those that it has; runs them; or
 * closes what it holds, since it is replaced.
 */
export type WorkerState = 'starting' | 'idle' | 'loading' | 'busy' | 'ending';

/** One worker of a pool, at the moment of the question. */
export interface WorkerStats {
  /** Number of its thread (`threadId`), or of its process (`pid`). */
  readonly id: number;
  readonly state: WorkerState;
  /** Position in the input of the item that it is on; `undefined` where it is on none. */
  readonly item: number | undefined;
  /**
   * Time since which it could run the chunk that it is on, or of the last answer where it has none, in ms of
   * `performance.now()`.
   */
  readonly since: number;
  /** Items that it has run (of a file: blocks), in all calls. Those of the chunk that it is on count when that is done. */
  readonly items: number;
  /**
   * Bytes of its objects, and of the buffers that they hold, behind its last chunk, garbage included; `undefined` before
   * that, and in a pool whose workers have no share of the memory.
   */
  readonly heapUsed: number | undefined;
}

/** State of a pool at the moment of the question. */
export interface PoolStats<W = WorkerStats> {
  /** The workers that there are, in the order of their start: none before the first call, and none of those that died. */
  readonly workers: readonly W[];
  /** Items that workers hold and have not begun, and calls of `run` that no worker has yet; of a file: blocks. */
  readonly queued: number;
  /** Items that workers hold and that have no outcome yet, with all that is in `queued`. */
  readonly inFlight: number;
  /** Calls in progress. Of a pipeline, each group of stages on the workers counts; calls of `run` that travel together are one. */
  readonly runs: number;
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
  /** Tells what the workers do now. */
  stats(): PoolStats<object>;
}
