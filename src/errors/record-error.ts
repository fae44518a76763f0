import { TelarError } from './telar-error.ts';

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
