import { quoteName } from '../table/names.ts';
import type { TableColumn } from '../table/find-columns.ts';
import { writeSql } from './sql.ts';
import type { Upsert } from './conflict.ts';

/** Rows on their way into a table: in a temporary one, in the order in which they came. */
export interface Staged {
  /** Table that the rows are for, as it stands in statements. */
  readonly table: string;
  /** Temporary table that holds the rows. */
  readonly staging: string;
  readonly columns: readonly TableColumn[];
}

/**
 * A statement for the rows of a range of positions: `$1` and `$2` are that range, and `parameters` come behind them.
 */
export interface RangeStatement {
  readonly text: string;
  readonly parameters: readonly unknown[];
  /**
   * Table of the rows, to find one that was refused; `columns` are those of the rows, and `isListed` says whether the
   * table tells which of them each row names.
   */
  readonly source: string;
  readonly columns: readonly TableColumn[];
  readonly isListed: boolean;
}

const POSITION = 'telar_position';
const GIVEN = 'telar_given';
const IN_RANGE = `${POSITION} BETWEEN $1 AND $2`;

/** Writes the condition that a row names a column: the character of `telar_given` at its place. */
function isGiven(at: number, table = ''): string {
  return `substr(${table}${GIVEN}, ${at + 1}, 1) = '1'`;
}

/**
 * Writes the statement that inserts all rows, in their order. Where only some rows name a column, the others have its
 * default.
 *
 * @param masks - Masks of the columns that rows name; `undefined`: all.
 */
export function insertAll(
  { table, staging, columns }: Staged,
  masks: readonly string[] | undefined,
  end: '' | ' ON CONFLICT DO NOTHING',
): RangeStatement {
  const named = columns
    .map((column, at) => ({ column, at }))
    .filter(({ at }) => masks === undefined || masks.some((mask) => mask[at] === '1'));
  const values = named.map(({ column, at }) => {
    const name = quoteName(column.name);
    if (masks === undefined || masks.every((mask) => mask[at] === '1')) return name;
    return `CASE WHEN ${isGiven(at)} THEN ${name} ELSE (${column.fallback ?? 'NULL'})::${column.cast} END`;
  });
  const names = named.map(({ column }) => column.name);
  const list = names.length === 0 ? '' : ` (${names.map(quoteName).join(', ')})`;
  const overriding = writeOverriding(named.map(({ column }) => column));
  const from = `FROM (SELECT * FROM ${staging} WHERE ${IN_RANGE} ORDER BY ${POSITION}) AS ordered`;
  return {
    text: `INSERT INTO ${table}${list}${overriding} SELECT ${values.join(', ')} ${from}${end}`,
    parameters: [],
    source: staging,
    columns,
    isListed: masks !== undefined,
  };
}

/**
 * Writes the statement that keeps the last of all rows with one key; with several masks, of each column the last value
 * that a row named. Rows with a NULL in the key are one each, unless the index takes NULLs for equal.
 */
export function mergeByKey(
  { staging, columns }: Staged,
  merged: string,
  on: readonly string[],
  { isMasked, hasEqualNulls }: { isMasked: boolean; hasEqualNulls: boolean },
): string {
  const keys = on.map(quoteName);
  const isNull = keys.map((key) => `${key} IS NULL`).join(' OR ');
  const apart = hasEqualNulls ? [] : [`CASE WHEN ${isNull} THEN ${POSITION} END`];
  const group = [...keys, ...apart].join(', ');
  const create = `CREATE TEMPORARY TABLE ${merged} ON COMMIT DROP AS`;
  if (!isMasked) {
    return `${create} SELECT DISTINCT ON (${group}) * FROM ${staging} ORDER BY ${group}, ${POSITION} DESC`;
  }
  const last = columns.map(({ name }, at) => {
    const rows = `array_agg(s ORDER BY ${POSITION} DESC) FILTER (WHERE ${isGiven(at)})`;
    return `((${rows})[1]).${quoteName(name)} AS ${quoteName(name)}`;
  });
  const given = columns.map((_, at) => `max(substr(${GIVEN}, ${at + 1}, 1))`).join(' || ');
  return `${create} SELECT ${last.join(', ')}, ${given} AS ${GIVEN}, max(${POSITION}) AS ${POSITION} FROM ${staging} AS s GROUP BY ${group}`;
}

/**
 * Writes the statement for rows that all name the same columns, each with another key.
 *
 * @param mask - Mask of the columns that the rows name; `undefined`: all.
 */
export function upsert(
  { table, columns }: Staged,
  merged: string,
  { on, update = 'all', where }: Upsert,
  mask: string | undefined,
): RangeStatement {
  const parameters: unknown[] = [undefined, undefined];
  const named = columns.filter((_, at) => mask === undefined || mask[at] === '1');
  const list = named.map(({ name }) => quoteName(name)).join(', ');
  const set = writeSet(named, on, update, parameters);
  const condition = where === undefined ? '' : ` WHERE ${writeSql(where, parameters)}`;
  const action = set === '' ? 'DO NOTHING' : `DO UPDATE SET ${set}${condition}`;
  let chosen = IN_RANGE;
  if (mask !== undefined) {
    parameters.push(mask);
    chosen += ` AND ${GIVEN} = $${parameters.length}`;
  }
  return {
    text:
      `INSERT INTO ${table}${list === '' ? '' : ` (${list})`}${writeOverriding(named)} ` +
      `SELECT ${list} FROM (SELECT * FROM ${merged} WHERE ${chosen} ` +
      `ORDER BY ${POSITION}) AS ordered ON CONFLICT (${on.map(quoteName).join(', ')}) ${action}`,
    parameters: parameters.slice(2),
    source: merged,
    columns,
    isListed: mask !== undefined,
  };
}

/** Writes the clause by which an identity that is always generated is taken as it comes, as COPY takes it. */
function writeOverriding(columns: readonly TableColumn[]): string {
  return columns.some(({ isAlways }) => isAlways) ? ' OVERRIDING SYSTEM VALUE' : '';
}

function writeSet(
  named: readonly TableColumn[],
  on: readonly string[],
  update: NonNullable<Upsert['update']>,
  parameters: unknown[],
): string {
  if (typeof update === 'object' && !Array.isArray(update)) {
    const expressions = Object.entries(update as Readonly<Record<string, Parameters<typeof writeSql>[0]>>);
    return expressions
      .map(([name, expression]) => `${quoteName(name)} = ${writeSql(expression, parameters)}`)
      .join(', ');
  }
  // A column that a row does not name is not touched, nor can an identity be that is always generated.
  const updated = named.filter(({ name, isAlways }) =>
    update === 'all' ? !on.includes(name) && !isAlways : (update as readonly string[]).includes(name),
  );
  return updated.map(({ name }) => `${quoteName(name)} = EXCLUDED.${quoteName(name)}`).join(', ');
}
