import { recogniseCopies } from '../realm/thread-registry.ts';

/**
 * Every error that Telar itself raises. All are made on the main thread, so `instanceof` holds; what the task
 * threw is their `cause`.
 */
export class TelarError extends Error {
  override name = 'TelarError';
}

recogniseCopies(TelarError, 'TelarError');

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

/** Keeps fields with an error that its message has said already: printing it would say them twice. */
export function hideFields(error: Error, fields: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(fields)) {
    Object.defineProperty(error, key, { value, writable: true, enumerable: false, configurable: true });
  }
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

/** A record of a file, or of a stream, that cannot be read. */
export class RecordError extends TelarError {
  override name = 'RecordError';
  /** The path; `undefined` for a stream or bytes. */
  readonly file: string | undefined;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** The record as it stands there; at most 64 KB of it. */
  readonly text: string;

  constructor(
    problem: string,
    { file, line, column, text }: Pick<RecordError, 'file' | 'line' | 'column' | 'text'>,
    options?: ErrorOptions,
  ) {
    super(`${file ?? '(input)'}:${line}:${column}: ${problem}`, options);
    this.file = file;
    this.line = line;
    this.column = column;
    this.text = text;
  }

  toJSON(): Record<string, unknown> {
    const { name, message, file, line, column } = this;
    return { name, message, file, line, column };
  }
}

/** A file that cannot be opened or read any further: missing, damaged, or not what it should be. */
export class FileError extends TelarError {
  override name = 'FileError';
  /** The path. */
  readonly file: string;
  /** That of the system, where the failure has one, such as `ENOENT`. */
  readonly code: string | undefined;

  constructor(file: string, cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause);
    // What says so already does not need to be told twice.
    super(message.includes(file) ? message : `Cannot read ${file}: ${message}`, { cause });
    this.file = file;
    this.code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  }

  toJSON(): Record<string, unknown> {
    const { name, message, file, code } = this;
    return { name, message, file, code };
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

/** What is wrong with a journal. */
export type JournalProblem =
  /** It is the journal of a run with another input, task or options. */
  | 'mismatch'
  /** Another run uses it. */
  | 'in-use'
  /** Its first line is not as it was written. */
  | 'damaged'
  /** The file is something else. */
  | 'foreign'
  /** A newer version of Telar wrote it. */
  | 'version'
  /** It cannot be opened, read or written. */
  | 'io';

/** A run cannot go on with its journal, or without it. The journal is as it was, or resumes from what it holds. */
export class JournalError extends TelarError {
  override name = 'JournalError';
  readonly path: string;
  readonly reason: JournalProblem;
  /** With `'mismatch'`: what differs, of `'input'`, `'task'` and `'options'`. */
  readonly changed: readonly string[];

  constructor(
    message: string,
    context: { path: string; reason: JournalProblem; changed?: readonly string[] | undefined },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.path = context.path;
    this.reason = context.reason;
    this.changed = context.changed ?? [];
  }
}

/** A signal has ended a run in order: what was in flight is done, and all is closed. */
export class InterruptError extends TelarError {
  override name = 'InterruptError';
  readonly signal: 'SIGINT' | 'SIGTERM';

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`The run was ended by ${signal}.`);
    this.signal = signal;
  }
}

/** The thread that held a lock died: what the lock guards may be half done. The lock itself is free again. */
export class LockLostError extends TelarError {
  override name = 'LockLostError';

  constructor() {
    super(
      'The thread that held this lock has died: what the lock guards may be half done. ' +
        'The lock is free again: repair what it guards once you have taken it.',
    );
  }
}

recogniseCopies(LockLostError, 'LockLostError');

/** A value was sent into a channel that is closed. */
export class ChannelClosedError extends TelarError {
  override name = 'ChannelClosedError';

  constructor() {
    super('The channel is closed: nothing can be sent any more.');
  }
}

recogniseCopies(ChannelClosedError, 'ChannelClosedError');
