import type { Block } from './block.ts';
import type { Encoding } from './encoding.ts';

/** Rules by which the bytes of a file are cut into records. */
export interface RecordRules {
  /** Characters of CSV with quotes, which may hold line ends. */
  readonly quoting: Quoting | undefined;
  /** Most bytes of one record. */
  readonly maxRecordBytes: number;
  /**
   * Reads the header of a file from its first records: the names, and how many bytes and lines they take. `undefined`
   * when there is none in them. Throws when it cannot be read.
   */
  readonly readHeader: ((bytes: Block) => CsvHeader | undefined) | undefined;
  /** Names of the fields where no header has them. */
  readonly columns: readonly string[] | undefined;
  /** Encoding of the file; with `undefined`, the one that the first bytes say, and else UTF-8. */
  readonly encoding: Encoding | undefined;
  /** Whether a byte order mark at the start of a file is none of the data. */
  readonly hasBom: boolean;
  /** Whether all records of a file end with lone carriage returns where its first one does. */
  readonly mayEndWithCr: boolean;
}

/** Quote and delimiter of CSV, by their character codes. */
export interface Quoting {
  readonly quote: number;
  readonly delimiter: number;
}

export interface CsvHeader {
  readonly columns: readonly string[];
  readonly bytes: number;
  readonly lines: number;
}

/** Reason for which a record is malformed whose quote has no second one. */
export const UNCLOSED = 'a quote is opened and never closed';
