import { assertColumns } from '../../bytes/sources/source-options.ts';
import type { ByteSink } from '../../bytes/sink.ts';
import { assertKnown } from '../../options/check.ts';
import { type Connection, takeConnection } from './connection/connection.ts';
import type { Lease } from './connection/lease.ts';
import { makeCopySink } from './copy/copy-sink.ts';
import type { CopyTarget } from './copy/copy-transaction.ts';
import { assertRejectedSink } from './rejected/assert-rejected-sink.ts';
import { RejectedRows, type RejectedSink } from './rejected/rejected-rows.ts';
import { findColumns } from './table/find-columns.ts';
import { quoteTable, takeTable } from './table/names.ts';
import { hasQueriedRows } from './table/queried-rows.ts';

/** Options of `copyInto`. */
export interface CopyOptions {
  /**
   * Names of the columns that rows have: a column that a row lacks is NULL then. `@defaultValue` all of the table that
   * are not generated: a column that a row lacks has its default (from PostgreSQL 16 on; before that, such a row is
   * refused)
   */
  readonly columns?: readonly string[] | undefined;
  /**
   * Sink for the rows that the server refuses, with its reason: the others are written. A run with a journal takes a
   * function, which may be called twice for a row. `@defaultValue` the first refused row ends the run
   */
  readonly onRejected?: RejectedSink | undefined;
}

/** Version of the first server that can be asked for the default of a column within a copy. */
const KNOWS_DEFAULTS = 160_000;

/**
 * Writes rows into a table by COPY, which is three to eight times as fast as INSERT. The workers encode the rows:
 * objects by column, or arrays in the order of the columns. Values are written for the types of their columns: those
 * that `query` has read, in every time zone; arrays into columns of arrays; objects and arrays into columns of JSON. A
 * field that is `undefined` counts as one that the row does not have.
 *
 * All rows are written in one transaction: a run that fails leaves the table as it was. With a `journal` there are
 * several, which also say in the table `telar_journal` how far the run is: rows are committed as they come, each once,
 * over any number of runs.
 *
 * @example
 * ```ts
 * await pipeline(csv('orders.csv')).cpu(parseOrder).to(copyInto(url, 'orders'));
 * ```
 */
export function copyInto(
  connection: Connection,
  table: string | readonly string[],
  options: CopyOptions = {},
): ByteSink<object> {
  const at = takeConnection(connection);
  const into = takeTable(table);
  assertKnown(options, ['columns', 'onRejected']);
  const { columns, onRejected } = options;
  assertRejectedSink(onRejected);
  if (columns !== undefined) assertColumns(columns);
  const wanted = columns && [...columns];
  return makeCopySink({
    connection: at,
    name: `copy into ${quoteTable(into)} ${JSON.stringify(wanted ?? 'all')}`,
    rejected: onRejected === undefined ? undefined : new RejectedRows(onRejected),
    prepare:
      ({ input }) =>
      async (lease) => {
        const columns = await findColumns(lease.client, into, wanted);
        const missing = await chooseMissing(lease, wanted, columns);
        return {
          format: { kind: 'copy', columns, missing, hasJsonValues: hasQueriedRows(input) },
          table: quoteTable(into),
          columns: columns.map(({ name }) => name),
          options: missing === 'default' ? ` WITH (DEFAULT '\\D')` : '',
          finish: undefined,
        };
      },
  });
}

async function chooseMissing(
  { client }: Lease,
  wanted: readonly string[] | undefined,
  columns: CopyTarget['format']['columns'],
): Promise<CopyTarget['format']['missing']> {
  if (wanted !== undefined || columns.every(({ fallback }) => fallback === undefined)) return 'null';
  const { rows } = await client.query(`SELECT current_setting('server_version_num')::int AS version`);
  return Number(rows[0]?.['version']) >= KNOWS_DEFAULTS ? 'default' : 'refuse';
}
