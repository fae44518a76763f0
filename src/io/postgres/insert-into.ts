import { assertKnown } from '../../check.ts';
import { describeValue } from '../../describe.ts';
import { assertColumns } from '../../bytes/sources/source-options.ts';
import type { ByteSink } from '../../bytes/sink.ts';
import { assertConnection, type Connection } from './connection.ts';
import { makeCopySink } from './copy/copy-sink.ts';
import { assertTable, findColumns, quoteName, quoteTable } from './names.ts';

/** What happens to a row whose key the table has already. */
export type Conflict =
  | 'error'
  | 'ignore'
  /** Overwrites the columns of the row that is there. `@defaultValue` of `update`: all but those of the key */
  | { readonly on: readonly string[]; readonly update?: readonly string[] | 'all' | undefined };

/** Options of `insertInto`. */
export interface InsertOptions {
  /** `@defaultValue` error */
  readonly conflict?: Conflict | undefined;
  /** The columns that rows have. `@defaultValue` all of the table that are not generated */
  readonly columns?: readonly string[] | undefined;
}

/**
 * Writes rows into a table that may hold some of them already: by COPY into a temporary table, and from there with
 * `INSERT … ON CONFLICT`, in one transaction. Of rows with the same key in one run, the last wins when rows are
 * updated. A run that fails leaves the table as it was; one with a `journal` has committed some of it, as `copyInto` does.
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
  assertConnection(connection);
  assertTable(table);
  assertKnown(options, ['conflict', 'columns']);
  const { conflict = 'error' } = options;
  assertConflict(conflict);
  if (options.columns !== undefined) assertColumns(options.columns);
  const name = `insert into ${quoteTable(table)} ${JSON.stringify([options.columns ?? 'all', conflict])}`;
  return makeCopySink(connection, name, async ({ client }) => {
    const columns = options.columns ?? (await findColumns(client, table));
    const names = columns.map(quoteName).join(', ');
    const staging = quoteName(`telar_staging_${Math.random().toString(36).slice(2)}`);
    await client.query(
      `CREATE TEMPORARY TABLE ${staging} ON COMMIT DROP AS SELECT ${names} FROM ${quoteTable(table)} WITH NO DATA`,
    );
    // Which row came last: the order of a table is not kept by itself.
    await client.query(`ALTER TABLE ${staging} ADD COLUMN telar_position bigserial`);
    return {
      columns,
      target: staging,
      finish: async () => {
        await client.query(writeInsert(quoteTable(table), staging, columns, conflict));
      },
    };
  });
}

function writeInsert(table: string, staging: string, columns: readonly string[], conflict: Conflict): string {
  const names = columns.map(quoteName).join(', ');
  const insert = `INSERT INTO ${table} (${names})`;
  if (conflict === 'error') return `${insert} SELECT ${names} FROM ${staging} ORDER BY telar_position`;
  if (conflict === 'ignore') {
    return `${insert} SELECT ${names} FROM ${staging} ORDER BY telar_position ON CONFLICT DO NOTHING`;
  }
  const key = conflict.on.map(quoteName).join(', ');
  const { update = 'all' } = conflict;
  const updated = update === 'all' ? columns.filter((name) => !conflict.on.includes(name)) : update;
  const set = updated.map((name) => `${quoteName(name)} = EXCLUDED.${quoteName(name)}`).join(', ');
  return (
    `${insert} SELECT ${names} FROM (SELECT DISTINCT ON (${key}) * FROM ${staging} ORDER BY ${key}, telar_position DESC) AS last ` +
    `ORDER BY telar_position ON CONFLICT (${key}) ${set === '' ? 'DO NOTHING' : `DO UPDATE SET ${set}`}`
  );
}

function assertConflict(conflict: unknown): void {
  if (conflict === 'error' || conflict === 'ignore') return;
  if (typeof conflict !== 'object' || conflict === null) {
    throw new TypeError(
      `Expected \`conflict\` to be 'error', 'ignore' or { on: ['id'] }, got ${describeValue(conflict)}.`,
    );
  }
  assertKnown(conflict, ['on', 'update']);
  const { on, update } = conflict as { on: unknown; update?: unknown };
  assertColumns(on, '`conflict.on`');
  if (update !== undefined && update !== 'all') assertColumns(update, '`conflict.update`');
}
