/** Of this module, so that nothing is loaded in a worker for the sake of a type. */
export type Bytes = Buffer;

/** Some whole lines that become text at once, or cannot: then they are read one by one. */
export interface Stretch {
  /** Where it ends, in bytes. */
  readonly to: number;
  /** With as many characters as it has units, so that one can be found from the other. */
  readonly text: string | undefined;
  /** Whether no line of it need be looked at for what is no text. */
  readonly isValid: boolean;
}

/** Turns the bytes of lines into text. */
export interface Codec {
  /** How messages name the encoding. */
  readonly name: string;
  /** A unit takes `1 << shift` bytes. */
  readonly shift: 0 | 1;
  openStretch(bytes: Bytes, from: number): Stretch;
  /** Where the next line feed stands from `from` on; -1 when there is none. */
  findLineFeed(bytes: Bytes, from: number): number;
  isCarriageReturn(bytes: Bytes, at: number): boolean;
  decode(bytes: Bytes, from: number, to: number): string;
  /** The column, from 1, of the first character that is none; 0 when all are. */
  findInvalid(bytes: Bytes, from: number, to: number): number;
  /** A character for each unit, for who looks for ASCII in what is no text. */
  decodeRaw(bytes: Bytes, from: number, to: number): string;
}
