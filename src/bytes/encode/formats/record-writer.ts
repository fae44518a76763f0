/** Makes the line of one record, without its end. Throws a `TypeError` for a value that has no such text. */
export type RecordWriter = (record: unknown) => string;

/** A writer of records, and the columns that it took from its first record, where the format does so. */
export interface Format {
  readonly write: RecordWriter;
  readonly columns: readonly string[] | undefined;
}
