import type { CopyColumn } from '../../../bytes/format.ts';
import type { PgClient } from '../connection/connection.ts';
import { quoteTable } from './names.ts';

/** A column of a table that rows are written into. */
export interface TableColumn extends CopyColumn {
  /** Expression that the server puts where a row has nothing; `undefined` for NULL. */
  readonly fallback: string | undefined;
  /** Type as it is written in a cast. */
  readonly cast: string;
  /** Whether values for the column are only taken with OVERRIDING SYSTEM VALUE. */
  readonly isAlways: boolean;
}

/** Writes the search for the base of a type: a domain is written as the type that it is made of. */
const BASE = (oid: string): string => `LATERAL (
  WITH RECURSIVE base AS (
    SELECT t.* FROM pg_type t WHERE t.oid = ${oid}
    UNION ALL SELECT t.* FROM base JOIN pg_type t ON base.typtype = 'd' AND t.oid = base.typbasetype)
  SELECT * FROM base WHERE typtype <> 'd')`;

const COLUMNS = `
  SELECT a.attname AS name, b.typname AS type, e.typname AS element, e.typdelim AS delimiter,
    a.attidentity = 'a' AS always, format_type(a.atttypid, a.atttypmod) AS "cast",
    CASE WHEN a.attidentity <> '' THEN format('nextval(%L::regclass)', pg_get_serial_sequence($1, a.attname))
      ELSE coalesce(pg_get_expr(d.adbin, d.adrelid), (SELECT typdefault FROM pg_type WHERE oid = a.atttypid AND typtype = 'd'))
      END AS fallback
  FROM pg_attribute a
  JOIN ${BASE('a.atttypid')} b ON true
  LEFT JOIN ${BASE('b.typelem')} e ON b.typcategory = 'A' AND b.typname NOT IN ('int2vector', 'oidvector')
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum`;

/**
 * Finds the columns that can be written, in their order, or those that are named. Rejects when there is no such table,
 * and names some that there are.
 */
export async function findColumns(
  client: PgClient,
  table: string | readonly string[],
  wanted: readonly string[] | undefined,
): Promise<readonly TableColumn[]> {
  const quoted = quoteTable(table);
  const { rows } = await client.query(COLUMNS, [quoted]);
  if (rows.length === 0) return await failUnknown(client, quoted);
  const columns = rows.map(readColumn);
  if (wanted === undefined) return columns;
  return wanted.map((name) => {
    const column = columns.find((each) => each.name === name);
    if (column !== undefined) return column;
    throw new TypeError(
      `The table ${quoted} has no column \`${name}\` that can be written: ${columns.map((each) => each.name).join(', ')}.`,
    );
  });
}

function readColumn(row: Readonly<Record<string, unknown>>): TableColumn {
  const { name, type, element, delimiter, always, cast, fallback } = row as Record<string, string | null>;
  return {
    name: String(name),
    type: String(element ?? type),
    delimiter: element === null ? undefined : String(delimiter),
    isAlways: (always as unknown) === true,
    cast: String(cast),
    fallback: fallback ?? undefined,
  };
}

async function failUnknown(client: PgClient, quoted: string): Promise<never> {
  const known = await client.query(
    `SELECT schemaname || '.' || tablename AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1 LIMIT 20`,
  );
  const names = known.rows.map(({ name }) => String(name));
  throw new Error(
    `There is no table ${quoted}. ${names.length === 0 ? 'The database has none.' : `There are ${names.join(', ')}.`}`,
  );
}
