import { TelarError, hideFields } from './telar-error.ts';

/** What an item's error knows about the item. */
export interface ItemContext {
  /** Position of the item in the input, from 0; of a call on a spawned object, its position among the calls. */
  readonly index: number;
  /** How often the task, or the call, was started. */
  readonly attempts: number;
  /** Of a pipeline: the name of the stage. */
  readonly stage?: string | undefined;
  /** Of a record in a file: the path, and the line from 1. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** The item as a text of at most 200 characters, where it is at hand. */
  readonly item?: string | undefined;
}

/** An item as messages name it. */
export interface NamedItem extends ItemContext {
  /** Of a block of a typed array: how many elements it has, from `index` on. */
  readonly elements?: number | undefined;
}

/**
 * How messages name an item: `Item 3`, `Item 3 (in parse)`, `events.ndjson:17 (in parse)`, `Element 3`.
 *
 * @param isInside - Whether it stands inside a sentence.
 */
export function describeItem(item: NamedItem, isInside = false): string {
  const name = nameItem(item);
  const { stage } = item;
  // A path is written as it is.
  const own = isInside && item.file === undefined ? name.charAt(0).toLowerCase() + name.slice(1) : name;
  return stage === undefined ? own : `${own} (in ${stage})`;
}

function nameItem({ index, file, line, elements }: NamedItem): string {
  if (line !== undefined) return file === undefined ? `Line ${line}` : `${file}:${line}`;
  if (elements === undefined) return `Item ${index}`;
  if (elements === 1) return `Element ${index}`;
  return `One of the elements ${index} to ${index + elements - 1}`;
}

/** The base of the errors that belong to one item. */
export class ItemError extends TelarError {
  readonly index: number;
  readonly attempts: number;
  /** The stage of a pipeline that it failed in, by name. */
  declare readonly stage?: string;
  /** Where a record of a file stands: its path, and the line from 1. */
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

  /** What a dead letter keeps of it. */
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

/** Why a worker ended; `'closed'`: what it ran on was closed, and did not wait for it. */
export type WorkerEnd = 'exit' | 'crash' | 'out-of-memory' | 'start' | 'closed';

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
  /** Where the value stands, such as `item.rows[3].onClick`. Not enumerable, like the two below: the message says them. */
  declare readonly path: string;
  /** Why it cannot cross, such as `it is a function`. */
  declare readonly reason: string;
  /** What to do instead. */
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

/** What keeps a value from crossing. */
export interface CloneProblem {
  readonly path: string;
  readonly reason: string;
  readonly fix: string;
}
