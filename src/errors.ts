/**
 * Every error that Telar itself raises. All are made on the main thread, so `instanceof` holds; what the task
 * threw is their `cause`.
 */
export class TelarError extends Error {
  override name = 'TelarError';
}

/** What an item's error knows about the item. */
export interface ItemContext {
  /** Position of the item in the input, from 0. */
  readonly index: number;
  /** How often the task was started with this item. */
  readonly attempts: number;
}

/** The base of the errors that belong to one item. */
export class ItemError extends TelarError {
  readonly index: number;
  readonly attempts: number;

  constructor(message: string, { index, attempts }: ItemContext, options?: ErrorOptions) {
    super(message, options);
    this.index = index;
    this.attempts = attempts;
  }
}

/**
 * The task failed on one item: it threw, rejected, or could not be loaded.
 *
 * `cause` is what was thrown: an error with its name, message, `code`, own fields, `cause`, `errors[]` and the
 * worker's stack, or the thrown value itself when it was no error. `stack` is the stack of the call.
 */
export class TaskError extends ItemError {
  override name = 'TaskError';
}

/** One item ran longer than `timeout`. */
export class TaskTimeoutError extends ItemError {
  override name = 'TaskTimeoutError';
  /** The limit, in milliseconds. */
  readonly timeout: number;

  constructor(timeout: number, context: ItemContext) {
    super(`Item ${context.index} ran longer than ${timeout} ms and was stopped.`, context);
    this.timeout = timeout;
  }
}

/** Why a worker ended. */
export type WorkerEnd = 'exit' | 'crash' | 'out-of-memory';

/**
 * The worker died while it ran this item.
 *
 * @remarks `cause` is the error that ended the worker, where there was one.
 */
export class WorkerError extends ItemError {
  override name = 'WorkerError';
  readonly reason: WorkerEnd;
  /** The code given to `process.exit`, when `reason` is `'exit'`. */
  readonly exitCode: number | undefined;

  constructor(
    message: string,
    context: ItemContext & { reason: WorkerEnd; exitCode?: number | undefined },
    options?: ErrorOptions,
  ) {
    super(message, context, options);
    this.reason = context.reason;
    this.exitCode = context.exitCode;
  }
}

/** An item or a result holds a value that cannot cross to another thread. */
export class CloneError extends ItemError {
  override name = 'CloneError';
  /** Where the value stands, such as `item.rows[3].onClick`. */
  readonly path: string;

  constructor(message: string, context: ItemContext & { path: string }, options?: ErrorOptions) {
    super(message, context, options);
    this.path = context.path;
  }
}
