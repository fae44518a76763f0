import type { Block } from './block.ts';
import type { Encoding } from './encoding.ts';

/** What there is to know of the records of a file. */
export interface RecordRules {
  /** Of CSV with quotes, which may hold line ends. */
  readonly quoting: Quoting | undefined;
  /** The most bytes of one record. */
  readonly maxRecordBytes: number;
  /**
   * Reads the header of a file from its first records: the names, and how many bytes and lines it takes. `undefined` when
   * there is none in them. Throws when it cannot be read.
   */
  readonly readHeader: ((bytes: Block) => Header | undefined) | undefined;
  /** The names where no header has them. */
  readonly columns: readonly string[] | undefined;
  /** `undefined`: what the first bytes say, and else UTF-8. */
  readonly encoding: Encoding | undefined;
  /** Whether a byte order mark at the start is none of the data. */
  readonly hasMark: boolean;
  /** Whether records end with lone carriage returns where the first one of a file does. */
  readonly mayEndWithCr: boolean;
}

/** The characters, by their codes. */
export interface Quoting {
  readonly quote: number;
  readonly delimiter: number;
}

export interface Header {
  readonly columns: readonly string[];
  readonly bytes: number;
  readonly lines: number;
}

/** Why a record is malformed whose quote has no second one. */
export const UNCLOSED = 'a quote is opened and never closed';
