/** A record that cannot be read. */
export class MalformedError extends Error {
  override name = 'MalformedError';
  /** The line, counted from 0 at the start of the block, and the column, from 1, in characters. */
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}
