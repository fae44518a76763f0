import type { PgResult } from '../connection/connection.ts';
import type { Lease } from '../connection/lease.ts';
import { trySavepoint } from '../copy/savepoint-transaction.ts';
import { describeRejected, type RejectedRows } from '../rejected/rejected-rows.ts';
import type { TableColumn } from '../table/find-columns.ts';
import { quoteName } from '../table/names.ts';
import type { Conflict, Upsert } from './conflict.ts';
import { insertAll, mergeByKey, type RangeStatement, type Staged, upsert } from './statements.ts';

/** Puts the rows of a staging table into the table that they are for. */
export async function insertStaged(
  lease: Lease,
  staged: Staged,
  conflict: Conflict,
  { isListed, rejected }: { isListed: boolean; rejected: RejectedRows | undefined },
): Promise<void> {
  const masks = isListed ? await readMasks(lease, staged.staging) : undefined;
  if (typeof conflict === 'object') {
    await upsertStaged(lease, staged, conflict, masks, rejected);
    return;
  }
  const end = conflict === 'ignore' ? ' ON CONFLICT DO NOTHING' : '';
  await runRanged(lease, insertAll(staged, masks, end), rejected);
}

async function upsertStaged(
  lease: Lease,
  staged: Staged,
  conflict: Upsert,
  masks: readonly string[] | undefined,
  rejected: RejectedRows | undefined,
): Promise<void> {
  assertKnownColumns(staged.columns, conflict);
  const merged = quoteName(`telar_merged_${Math.random().toString(36).slice(2)}`);
  const hasEqualNulls = await findEqualNulls(lease, staged.table, conflict.on);
  const isMasked = masks !== undefined && masks.length > 1;
  await query(lease, mergeByKey(staged, merged, conflict.on, { isMasked, hasEqualNulls }));
  const found = masks === undefined ? [undefined] : await readMasks(lease, merged);
  for (const mask of found) await runRanged(lease, upsert(staged, merged, conflict, mask), rejected);
}

/** Throws for a name that rows cannot have: it would be passed over, and its column left as it is. */
function assertKnownColumns(columns: readonly TableColumn[], { on, update }: Upsert): void {
  const names = columns.map(({ name }) => name);
  const given = { on, update: Array.isArray(update) ? (update as readonly string[]) : [] };
  for (const [key, list] of Object.entries(given)) {
    const unknown = list.find((name) => !names.includes(name));
    if (unknown === undefined) continue;
    throw new TypeError(
      `Expected \`conflict.${key}\` to name columns that are written, found \`${unknown}\`: ${names.join(', ')}.`,
    );
  }
}

/** Runs a statement for all rows; where some are refused, for halves of them, down to the rows at fault. */
async function runRanged(
  lease: Lease,
  { text, parameters, source, columns, isListed }: RangeStatement,
  rejected: RejectedRows | undefined,
): Promise<void> {
  const run = (from: number, to: number): Promise<unknown> => query(lease, text, [from, to, ...parameters]);
  const { rows } = await query(
    lease,
    `SELECT min(telar_position)::float8 AS first, max(telar_position)::float8 AS last FROM ${source}`,
  );
  const { first, last } = rows[0] as { first: number | null; last: number | null };
  if (first === null || last === null) return;
  if (rejected === undefined) {
    await run(first, last);
    return;
  }
  const runRange = async (from: number, to: number): Promise<void> => {
    const refusal = await trySavepoint(lease, () => run(from, to));
    if (refusal === undefined) return;
    if (from < to) {
      const middle = Math.floor((from + to) / 2);
      await runRange(from, middle);
      await runRange(middle + 1, to);
      return;
    }
    const found = await query(lease, findRow(source, columns, isListed), [from]);
    await rejected.write(describeRejected(readRow(found.rows[0], columns), refusal));
  };
  await runRange(first, last);
}

/** Makes the query for one row: its values as texts, and the text that says which of them the row names. */
function findRow(source: string, columns: readonly TableColumn[], isListed: boolean): string {
  const values = columns.map(({ name }) => `${quoteName(name)}::text`).join(', ');
  const given = isListed ? 'telar_given' : `''`;
  return `SELECT ARRAY[${values}]::text[] AS found, ${given} AS given FROM ${source} WHERE telar_position = $1`;
}

function readRow(
  row: Readonly<Record<string, unknown>> | undefined,
  columns: readonly TableColumn[],
): Record<string, string | null> {
  const { found, given } = row as { found: readonly (string | null)[]; given: string };
  const named = columns.map(({ name }, at): [string, string | null] => [name, found[at] ?? null]);
  return Object.fromEntries(named.filter((_, at) => given[at] !== '0'));
}

async function readMasks(lease: Lease, table: string): Promise<readonly string[]> {
  const { rows } = await query(
    lease,
    `SELECT telar_given FROM ${table} GROUP BY 1 ORDER BY min(telar_position)`,
  );
  return rows.map((row) => String(row['telar_given']));
}

/** Says whether the key takes two NULLs for the same (NULLS NOT DISTINCT, from PostgreSQL 15 on). */
async function findEqualNulls(lease: Lease, table: string, on: readonly string[]): Promise<boolean> {
  const { rows } = await query(
    lease,
    `SELECT 1 FROM pg_index i WHERE i.indrelid = to_regclass($1) AND i.indisunique
       AND to_jsonb(i) ->> 'indnullsnotdistinct' = 'true'
       AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text COLLATE "C") FROM pg_attribute a
            WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)) = $2::text[]`,
    [table, [...on].sort((a, b) => (a < b ? -1 : 1))],
  );
  return rows.length > 0;
}

async function query(lease: Lease, text: string, values: readonly unknown[] = []): Promise<PgResult> {
  return await lease.guard(lease.client.query(text, values));
}
