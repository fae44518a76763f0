import { TelarError, hideFields } from './telar-error.ts';

/** Facts about an item that its error keeps. */
export interface ItemContext {
  /** Position of the item in the input, from 0; of a call on a spawned object, its position among the calls; 0 of `run`. */
  readonly index: number;
  /** Number of times that the task, or the call, was started. */
  readonly attempts: number;
  /** Name of the stage, in a pipeline. */
  readonly stage?: string | undefined;
  /** Path of the file in which a record stands; `line` is the record's line there, from 1. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** The item, or the arguments of a call by `run`, as a text of at most 200 characters, where it is at hand. */
  readonly item?: string | undefined;
}

/** An item as messages name it. */
export interface NamedItem extends ItemContext {
  /** Number of elements in a block of a typed array, from `index` on. */
  readonly elements?: number | undefined;
  /** Name of the task, where the item is one call of it. */
  readonly call?: string | undefined;
}

/**
 * Names an item for messages: `Item 3`, `Item 3 (in parse)`, `events.ndjson:17 (in parse)`, `Element 3`, ``The call of `parse` ``.
 *
 * @param isInside - Whether the name stands inside a sentence.
 */
export function describeItem(item: NamedItem, isInside = false): string {
  const name = nameItem(item);
  const { stage } = item;
  // A path is written as it is, also inside a sentence.
  const own = isInside && item.file === undefined ? name.charAt(0).toLowerCase() + name.slice(1) : name;
  return stage === undefined ? own : `${own} (in ${stage})`;
}

function nameItem({ index, file, line, elements, call }: NamedItem): string {
  if (call !== undefined) return call === '' ? 'The call' : `The call of \`${call}\``;
  if (line !== undefined) return file === undefined ? `Line ${line}` : `${file}:${line}`;
  if (elements === undefined) return `Item ${index}`;
  if (elements === 1) return `Element ${index}`;
  return `One of the elements ${index} to ${index + elements - 1}`;
}

/** The base of the errors that belong to one item. */
export class ItemError extends TelarError {
  readonly index: number;
  readonly attempts: number;
  /** Name of the pipeline's stage in which the item failed. */
  declare readonly stage?: string;
  /** Path of the file in which a record stands; `line` is the record's line there, from 1. */
  declare readonly file?: string;
  declare readonly line?: number;
  /** The item as a text of at most 200 characters, where it was at hand. Not enumerable. */
  declare readonly item?: string;

  constructor(
    message: string,
    { index, attempts, stage, file, line, item }: ItemContext,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.index = index;
    this.attempts = attempts;
    if (stage !== undefined) this.stage = stage;
    if (file !== undefined) this.file = file;
    if (line !== undefined) this.line = line;
    if (item !== undefined) hideFields(this, { item });
  }

  /** Returns the fields that a dead letter keeps of the error. */
  toJSON(): Record<string, unknown> {
    const { cause } = this;
    const described = cause instanceof Error ? `${cause.name}: ${cause.message}` : cause;
    return {
      ...Object.fromEntries(Object.entries(this)),
      ...(this.item !== undefined && { item: this.item }),
      name: this.name,
      message: this.message,
      cause: described,
    };
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

  constructor(timeout: number, context: NamedItem) {
    super(`${describeItem(context)} ran longer than ${timeout} ms and was stopped.`, context);
    this.timeout = timeout;
  }
}

/**
 * Reason why a worker ended; `'closed'`: what the worker ran on was closed, and did not wait for it; `'full'`: the call
 * never came to a worker, since as many wait as its pool takes (`maxQueue`).
 */
export type WorkerEnd = 'exit' | 'crash' | 'out-of-memory' | 'start' | 'closed' | 'full';

/**
 * The worker died while it ran this item, or the thread of a spawned object before it had answered this call.
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
  /**
   * Path to the value, such as `item.rows[3].onClick`. Not enumerable, like `reason` and `fix`: the message says all
   * three.
   */
  declare readonly path: string;
  /** Reason why the value cannot cross, such as `it is a function`. */
  declare readonly reason: string;
  /** Advice on what to do instead. */
  declare readonly fix: string;

  constructor(message: string, context: ItemContext & CloneProblem, options?: ErrorOptions) {
    super(message, context, options);
    const { path, reason, fix } = context;
    hideFields(this, { path, reason, fix });
  }

  override toJSON(): Record<string, unknown> {
    const { path, reason, fix } = this;
    return { ...super.toJSON(), path, reason, fix };
  }
}

/**
 * Problem that keeps a value from crossing to another thread: where the value stands, why it cannot cross, and what to
 * do instead.
 */
export interface CloneProblem {
  readonly path: string;
  readonly reason: string;
  readonly fix: string;
}
