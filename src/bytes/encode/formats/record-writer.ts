import type { Header } from '../../format.ts';

/** Makes the line of one record, without its end. Throws a `TypeError` for a value that has no such text. */
export type RecordWriter = (record: unknown) => string;

/** A writer of records, and the columns that it took from its first record, where the format does so. */
export interface Format {
  readonly write: RecordWriter;
  readonly columns: readonly string[] | undefined;
  /** The header of the records so far, in a format that takes it from the first. */
  readonly header?: Header | undefined;
  /** Writes by the header that earlier records decided; by that of the next record, where there is none yet. */
  follow?(header: Header | undefined): void;
}
