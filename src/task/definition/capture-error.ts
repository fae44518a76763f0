import { type CallSite, placeAt } from '../../errors/call-site.ts';
import { hideFields, TelarError } from '../../errors/telar-error.ts';

/** The obstacle that stops a function from travelling. */
export interface CaptureProblem {
  /** Path to the value, such as `db.pool.sockets[0]`. */
  readonly path: string;
  /** Reason why the value cannot travel, such as `holds a socket`. */
  readonly reason: string;
  /** Advice for another way: a full sentence. */
  readonly fix: string;
}

/** The failure of a function to travel, as data. */
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
  // These properties are not enumerable: the message says them, and whoever prints the error would read them twice.
  declare readonly path: string;
  declare readonly reason: string;
  declare readonly fix: string;

  constructor(message: string, { path, reason, fix }: CaptureProblem, options?: ErrorOptions) {
    super(message, options);
    hideFields(this, { path, reason, fix });
  }

  toJSON(): Record<string, unknown> {
    const { name, message, path, reason, fix } = this;
    return { ...Object.fromEntries(Object.entries(this)), name, message, path, reason, fix };
  }
}

/** Makes the error of a failure to travel, at the place of the call that met it. */
export function createCaptureError(failure: CaptureFailure, site: CallSite): CaptureError {
  const { message, cause } = failure;
  return placeAt(new CaptureError(message, failure, cause === undefined ? undefined : { cause }), site);
}

/** Gives a CaptureError, with which something ends that a call began, the line of that call. */
export async function placeCaptures<T>(defining: Promise<T>, site: CallSite): Promise<T> {
  try {
    return await defining;
  } catch (thrown) {
    throw thrown instanceof CaptureError ? placeAt(thrown, site) : thrown;
  }
}
