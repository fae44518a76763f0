import { TelarError } from './telar-error.ts';

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
