import { TelarError } from './telar-error.ts';

/** A record of a file, or of a stream, that cannot be read. */
export class RecordError extends TelarError {
  override name = 'RecordError';
  /** Path of the file; `undefined` for a stream or bytes. */
  readonly file: string | undefined;
  /** Number of the line, from 1. */
  readonly line: number;
  /** Column in the line, from 1, in characters. */
  readonly column: number;
  /** Text of the record as it stands in the input; at most 64 KB of it. */
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
