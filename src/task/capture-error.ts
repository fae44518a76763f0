import { TelarError } from '../errors.ts';

/** What stops a function from travelling. */
export interface CaptureProblem {
  /** Where the value stands, such as `db.pool.sockets[0]`. */
  readonly path: string;
  /** Why it cannot travel, such as `holds a socket`. */
  readonly reason: string;
  /** What to do instead: a full sentence. */
  readonly fix: string;
}

/** Why a function cannot travel, as data. */
export interface CaptureFailure extends CaptureProblem {
  readonly kind: 'failure';
  readonly message: string;
  readonly cause: unknown;
}

/**
 * The task uses something that cannot travel to a worker. No item has run.
 *
 * @example
 * ```text
 * `handler` cannot travel to a worker: it uses `db` (Pool, line 12), which holds a socket. Pass the query's
 * result instead, or open it in the worker with perWorker(() => …).
 * ```
 */
export class CaptureError extends TelarError implements CaptureProblem {
  override name = 'CaptureError';
  readonly path: string;
  readonly reason: string;
  readonly fix: string;

  constructor(message: string, problem: CaptureProblem, options?: ErrorOptions) {
    super(message, options);
    this.path = problem.path;
    this.reason = problem.reason;
    this.fix = problem.fix;
  }
}
