/** How bytes become records. Plain data: workers are told it with the task. */
export type RecordFormat =
  /** Text up to each `\n` or `\r\n`. */
  | { readonly kind: 'lines'; readonly maxRecordBytes: number }
  /** A JSON value on each line; blank lines are passed over. */
  | { readonly kind: 'ndjson'; readonly maxRecordBytes: number }
  | CsvFormat
  /** The text form of PostgreSQL's COPY: fields between tabs, `\N` for null. */
  | { readonly kind: 'copy' };

/** RFC 4180, with any ASCII character for delimiter and quote. */
export interface CsvFormat {
  readonly kind: 'csv';
  readonly delimiter: string;
  /** `undefined`: quotes are text. */
  readonly quote: string | undefined;
  readonly maxRecordBytes: number;
  /** Whether the records are objects, by the names of the columns, or arrays. */
  readonly asObjects: boolean;
}

/** How records become bytes. Plain data as well. */
export type EncodedFormat =
  | { readonly kind: 'lines' }
  | { readonly kind: 'ndjson' }
  | {
      readonly kind: 'csv';
      readonly delimiter: string;
      /** `undefined`: what would have to be in quotes is refused. */
      readonly quote: string | undefined;
      /** `undefined`: those of the first record. */
      readonly columns: readonly string[] | undefined;
    }
  | CopyFormat;

/** The text form of COPY, for the columns of a table. */
export interface CopyFormat {
  readonly kind: 'copy';
  readonly columns: readonly CopyColumn[];
  /**
   * What stands in the place of a column that a row does not name: NULL, the column's default (for which the server knows a
   * mark, from PostgreSQL 16 on), or nothing, and a last field says which columns were named: `1` and `0`, in their order.
   * With `refuse` such a row is refused where the column has a default.
   */
  readonly missing: 'null' | 'default' | 'listed' | 'refuse';
  /** Whether a text is a value of a JSON column, as `query` reads it, and not already the JSON of one. */
  readonly hasJsonValues: boolean;
}

/** A column that rows are written into. */
export interface CopyColumn {
  readonly name: string;
  /** As the catalogue names it; of an array, that of its elements. */
  readonly type: string;
  /** What stands between the elements of an array; `undefined` where it is none. */
  readonly delimiter: string | undefined;
  readonly fallback: string | undefined;
}
