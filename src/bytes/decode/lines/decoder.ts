/** Given by a decoder when no record is left in its block. */
export const END: unique symbol = Symbol('end');
/** Given in the place of a record for a line that holds none. */
export const NO_RECORD: unique symbol = Symbol('no record');

/** Reads the records of one block, one after the other, straight from its bytes. */
export interface Decoder {
  /**
   * Returns the next record, or `END`. Throws `MalformedError` for a record that cannot be read; the next call goes on
   * behind it.
   */
  next(): unknown;
  /** Position of the record that `next` gave, or threw for: bytes from the start of the block. */
  readonly start: number;
  /** Line on which that record begins, counted from 0 at the start of the block. */
  readonly line: number;
  /** Returns the bytes of that record as text, to show where it has failed; at most 64 KB of it. */
  text(): string;
  /** Position of the first byte that was not read yet, in bytes; the end of the block once `next` gave `END`. */
  readonly position: number;
  /** Number of lines of the block, known at its end. */
  readonly lines: number;
  /** The decoder in steps; `undefined` where a record of the block is read by `next` only. */
  readonly steps: DecoderSteps | undefined;
}

/**
 * The two steps of `next`, for a loop that takes both itself: one of `reader.readPlain` and `reader.readOther` finds the
 * line with which a record begins, and `make` reads that.
 */
export interface DecoderSteps {
  readonly reader: StepReader;
  /** Passes over the record of a line for which `reader.readOther` threw. */
  passOver(): void;
  /** Makes the record of the line that was found; `NO_RECORD` where there is none. Throws `MalformedError`. */
  make(): unknown;
  /**
   * The decoder's own loop over the records of the text that was opened, for as long as these are usual ones; `undefined`
   * where it has none.
   */
  readonly loop: RecordLoop | undefined;
}

/** Reads the usual records of a text, and hands each to the host. */
export type RecordLoop = (host: RecordHost) => LoopEnd;

/** Takes the records that a decoder reads in a loop of its own, each of which was begun before. */
export interface RecordHost {
  /** Takes a record, and begins the next one. */
  take(record: unknown): typeof LOOP_ON | typeof LOOP_ENDED;
}

/** The next record was begun. */
export const LOOP_ON = 0;
/** No record was begun, since no more are wanted. */
export const LOOP_ENDED = 1;
/** The record that was begun is no usual one, and still to be read. */
export const LOOP_LEFT = 2;
/** The records of the text are read: there is none for the one that was begun. */
export const LOOP_THROUGH = 3;
/** The reason why a loop has ended: a number, since the code of a loop is written as text. */
export type LoopEnd = typeof LOOP_ENDED | typeof LOOP_LEFT | typeof LOOP_THROUGH;

/** The lines of a block, as far as a loop finds them itself; see `LineReader`. */
export interface StepReader {
  readonly isThrough: boolean;
  openText(): boolean;
  readPlain(): boolean;
  readOther(): boolean;
}

/** A record that cannot be read. */
export class MalformedError extends Error {
  override name = 'MalformedError';
  /** Line of the mistake, counted from 0 at the start of the block; `column` counts from 1, in characters. */
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}
