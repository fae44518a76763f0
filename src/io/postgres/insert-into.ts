import { assertColumns } from '../../bytes/sources/source-options.ts';
import type { ByteSink } from '../../bytes/sink.ts';
import { assertKnown } from '../../options/check.ts';
import { type Connection, takeConnection } from './connection/connection.ts';
import type { Lease } from './connection/lease.ts';
import { makeCopySink } from './copy/copy-sink.ts';
import type { CopyTarget } from './copy/copy-transaction.ts';
import { type Conflict, takeConflict } from './insert/conflict.ts';
import { insertStaged } from './insert/run-staged.ts';
import { assertRejectedSink } from './rejected/assert-rejected-sink.ts';
import { RejectedRows, type RejectedSink } from './rejected/rejected-rows.ts';
import { findColumns } from './table/find-columns.ts';
import { quoteName, quoteTable, takeTable } from './table/names.ts';
import { hasQueriedRows } from './table/queried-rows.ts';

/** Options of `insertInto`. */
export interface InsertOptions {
  /** Treatment of a row whose key the table has already. `@defaultValue` error */
  readonly conflict?: Conflict | undefined;
  /**
   * Names of the columns that rows have: a column that a row lacks is NULL then. `@defaultValue` those that each row
   * names: others have their default in a new row, and stay as they are in one that is there
   */
  readonly columns?: readonly string[] | undefined;
  /**
   * Sink for the rows that the server refuses, with its reason: the others are written. A run with a journal takes a
   * function, which may be called twice for a row. `@defaultValue` the first refused row ends the run
   */
  readonly onRejected?: RejectedSink | undefined;
}

/**
 * Writes rows into a table that may hold some of them already: by COPY into a temporary table, and from there with
 * `INSERT … ON CONFLICT`, in one transaction. Of rows with the same key in one run, the last wins when rows are
 * updated, column by column where they name different ones. A run that fails leaves the table as it was; one with a `journal`
 * has committed some of it, as `copyInto` does.
 *
 * @example
 * ```ts
 * await pipeline(users).to(insertInto(url, 'users', { conflict: { on: ['id'] } }));
 * ```
 */
export function insertInto(
  connection: Connection,
  table: string | readonly string[],
  options: InsertOptions = {},
): ByteSink<object> {
  const at = takeConnection(connection);
  const into = takeTable(table);
  assertKnown(options, ['conflict', 'columns', 'onRejected']);
  const { conflict: given = 'error', columns, onRejected } = options;
  const conflict = takeConflict(given);
  assertRejectedSink(onRejected);
  if (columns !== undefined) assertColumns(columns);
  const wanted = columns && [...columns];
  const rejected = onRejected === undefined ? undefined : new RejectedRows(onRejected);
  return makeCopySink({
    connection: at,
    name: `insert into ${quoteTable(into)} ${JSON.stringify([wanted ?? 'all', conflict])}`,
    rejected,
    prepare:
      ({ input }) =>
      async (lease) => {
        const columns = await findColumns(lease.client, into, wanted);
        const isListed = wanted === undefined;
        const staging = await createStaging(
          lease,
          into,
          columns.map(({ name }) => name),
          isListed,
        );
        const hasJsonValues = hasQueriedRows(input);
        const format: CopyTarget['format'] = {
          kind: 'copy',
          columns,
          missing: isListed ? 'listed' : 'null',
          hasJsonValues,
        };
        return {
          format,
          table: staging,
          columns: [...columns.map(({ name }) => name), ...(isListed ? ['telar_given'] : [])],
          options: '',
          finish: () =>
            insertStaged(lease, { table: quoteTable(into), staging, columns }, conflict, {
              isListed,
              rejected,
            }),
        };
      },
  });
}

/**
 * Creates a table for the rows of one transaction, with the order in which they came, and with the columns that each
 * row names.
 */
async function createStaging(
  { client }: Lease,
  table: string | readonly string[],
  columns: readonly string[],
  isListed: boolean,
): Promise<string> {
  const names = columns.map(quoteName).join(', ');
  const staging = quoteName(`telar_staging_${Math.random().toString(36).slice(2)}`);
  await client.query(
    `CREATE TEMPORARY TABLE ${staging} ON COMMIT DROP AS SELECT ${names} FROM ${quoteTable(table)} WITH NO DATA`,
  );
  // The position tells which row came last, as the order of a table is not kept by itself.
  await client.query(
    `ALTER TABLE ${staging} ${isListed ? 'ADD COLUMN telar_given text, ' : ''}ADD COLUMN telar_position bigserial`,
  );
  return staging;
}
