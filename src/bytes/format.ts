/** How bytes become records. Plain data: workers are told it with the task. */
export type RecordFormat =
  /** Text up to each `\n` or `\r\n`. */
  | { readonly kind: 'lines' }
  /** A JSON value on each line; blank lines are passed over. */
  | { readonly kind: 'ndjson' }
  | CsvFormat
  /** The text form of PostgreSQL's COPY: fields between tabs, `\N` for null. */
  | { readonly kind: 'copy' };

/** RFC 4180, with any single-byte delimiter and quote. */
export interface CsvFormat {
  readonly kind: 'csv';
  readonly delimiter: string;
  readonly quote: string;
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
      readonly quote: string;
      /** `undefined`: those of the first record. */
      readonly columns: readonly string[] | undefined;
    }
  | { readonly kind: 'copy'; readonly columns: readonly string[] };
