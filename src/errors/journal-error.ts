import { TelarError } from './telar-error.ts';

/** Problem that a journal has. */
export type JournalProblem =
  /** The journal is that of a run with another input, task or options. */
  | 'mismatch'
  /** Another run uses the journal. */
  | 'in-use'
  /** The first line of the journal is not as it was written. */
  | 'damaged'
  /** The file is something else than a journal. */
  | 'foreign'
  /** A newer version of Telar wrote the journal. */
  | 'version'
  /** The journal cannot be opened, read or written. */
  | 'io';

/** A run cannot go on with its journal, or without it. The journal is as it was, or resumes from what it holds. */
export class JournalError extends TelarError {
  override name = 'JournalError';
  readonly path: string;
  readonly reason: JournalProblem;
  /** Names of what differs when `reason` is `'mismatch'`: any of `'input'`, `'task'` and `'options'`. */
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
