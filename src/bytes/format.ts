/** The format in which bytes become records. Plain data: workers are told it with the task. */
export type RecordFormat =
  /** Lines: text up to each `\n` or `\r\n`. */
  | { readonly kind: 'lines'; readonly maxRecordBytes: number }
  /** Newline-delimited JSON: a value on each line; blank lines are passed over. */
  | { readonly kind: 'ndjson'; readonly maxRecordBytes: number }
  | CsvFormat
  /** The text form of PostgreSQL's COPY: fields between tabs, `\N` for null. */
  | { readonly kind: 'copy' };

/** CSV (RFC 4180), with any ASCII character for delimiter and quote. */
export interface CsvFormat {
  readonly kind: 'csv';
  readonly delimiter: string;
  /** The character around fields; with `undefined`, quotes are text. */
  readonly quote: string | undefined;
  readonly maxRecordBytes: number;
  /** Whether the records are objects, by the names of the columns, and not arrays. */
  readonly asObjects: boolean;
  /** Names of the fields that the objects have, in this order; not set for all. */
  readonly select?: readonly string[] | undefined;
}

/** The format in which records become bytes. Plain data: workers are told it with the task. */
export type EncodedFormat =
  | { readonly kind: 'lines' }
  | { readonly kind: 'ndjson' }
  | {
      readonly kind: 'csv';
      readonly delimiter: string;
      /** The character around fields; with `undefined`, a field that would have to be in quotes is refused. */
      readonly quote: string | undefined;
      /** Names of the columns; with `undefined`, those of the first record. */
      readonly columns: readonly string[] | undefined;
      /** The header of a file that goes on, where `columns` says nothing. `@defaultValue` none yet */
      readonly header?: Header | undefined;
    }
  | CopyFormat;

/** Names of the columns that the first row has; `null` where rows are arrays, which have none. */
export type Header = readonly string[] | null;

/** The text form of COPY, for the columns of a table. */
export interface CopyFormat {
  readonly kind: 'copy';
  readonly columns: readonly CopyColumn[];
  /**
   * The text for a column that a row does not name: NULL, the column's default (for which the server knows a mark, from
   * PostgreSQL 16 on), or nothing, and a last field says which columns were named: `1` and `0`, in their order. With
   * `refuse` such a row is refused where the column has a default.
   */
  readonly missing: 'null' | 'default' | 'listed' | 'refuse';
  /** Whether a text for a JSON column is a value, as `query` reads it, and not already JSON. */
  readonly hasJsonValues: boolean;
}

/** A column that rows are written into. */
export interface CopyColumn {
  readonly name: string;
  /** Type of the column as the catalogue names it; for an array, the type of its elements. */
  readonly type: string;
  /** Character between the elements of an array; `undefined` where the column holds no array. */
  readonly delimiter: string | undefined;
  readonly fallback: string | undefined;
}
