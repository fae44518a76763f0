/** No record is left in the block. */
export const END: unique symbol = Symbol('end');

/** Reads the records of one block, one after the other, straight from its bytes. */
export interface Decoder {
  /** The next record, or `END`. Throws `MalformedError` for one that cannot be read; the next call goes on behind it. */
  next(): unknown;
  /** Where the record that `next` gave, or threw for, begins: bytes from the start of the block. */
  readonly start: number;
  /** The line on which it begins, counted from 0 at the start of the block. */
  readonly line: number;
  /** Its bytes as text, for whom it failed for; at most 64 KB of it. */
  text(): string;
  /** Where what was not read yet begins, in bytes; once `next` gave `END`, that is the end of the block. */
  readonly position: number;
  /** How many lines the block has. Known at the end. */
  readonly lines: number;
}

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
