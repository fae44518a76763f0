/** The bytes of a block, typed in this module, so that a worker loads nothing for the sake of a type. */
export type Bytes = Buffer;

/** Some whole lines that become text at once, or cannot: then they are read one by one. */
export interface Stretch {
  /** End of the stretch, in bytes. */
  readonly to: number;
  /**
   * Text of the stretch, with as many characters as the stretch has units, so that a place in one is found from the
   * other.
   */
  readonly text: string | undefined;
  /** Whether only the characters of the text that are ASCII are those of the file. */
  readonly isAsciiOnly: boolean;
  /** Whether all bytes of the stretch are text, so that no line need be checked for that. */
  readonly isValid: boolean;
}

/** Turns the bytes of lines into text. */
export interface Codec {
  /** Name of the encoding in messages. */
  readonly name: string;
  /** Size of a unit, as a power of two: a unit takes `1 << shift` bytes. */
  readonly shift: 0 | 1;
  openStretch(bytes: Bytes, from: number): Stretch;
  /** Finds the next line feed from `from` on; -1 when there is none. */
  findLineFeed(bytes: Bytes, from: number): number;
  isCarriageReturn(bytes: Bytes, at: number): boolean;
  decode(bytes: Bytes, from: number, to: number): string;
  /** Finds the column, from 1, of the first character that is no text; 0 when all are. */
  findInvalid(bytes: Bytes, from: number, to: number): number;
  /** Returns a character for each unit, to look for ASCII in bytes that are no text. */
  decodeRaw(bytes: Bytes, from: number, to: number): string;
}
