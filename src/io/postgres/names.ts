import { describeValue } from '../../describe.ts';
import type { PgClient } from './connection.ts';

/** `schema.table` or `table`, quoted so that it means nothing else. Dots within a name: give the parts as an array. */
export function quoteTable(table: string | readonly string[]): string {
  const parts = typeof table === 'string' ? table.split('.') : table;
  return parts.map(quoteName).join('.');
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function assertTable(table: unknown): asserts table is string | readonly string[] {
  const parts: readonly unknown[] =
    typeof table === 'string' ? table.split('.') : Array.isArray(table) ? table : [];
  const isName = (part: unknown): boolean => typeof part === 'string' && part !== '' && !part.includes('\0');
  if (parts.length >= 1 && parts.length <= 2 && parts.every(isName)) return;
  throw new TypeError(
    `Expected the name of a table, such as 'events' or 'public.events', got ${describeValue(table)}.`,
  );
}

/** The columns that can be written, in their order. Rejects when there is no such table, and names those that are like it. */
export async function findColumns(client: PgClient, table: string | readonly string[]): Promise<string[]> {
  const quoted = quoteTable(table);
  const { rows } = await client.query(
    `SELECT attname FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [quoted],
  );
  if (rows.length > 0) return rows.map(({ attname }) => String(attname));
  const known = await client.query(
    `SELECT schemaname || '.' || tablename AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1 LIMIT 20`,
  );
  const names = known.rows.map(({ name }) => String(name));
  throw new Error(
    `There is no table ${quoted}. ${names.length === 0 ? 'The database has none.' : `There are ${names.join(', ')}.`}`,
  );
}
