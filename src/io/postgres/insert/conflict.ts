import { assertColumns } from '../../../bytes/sources/source-options.ts';
import { assertKnown, optionError } from '../../../options/check.ts';
import { describeValue } from '../../../errors/describe.ts';
import { assertSql, type Sql } from './sql.ts';

/** The treatment of a row whose key the table has already. */
export type Conflict =
  | 'error'
  | 'ignore'
  /** Overwrites columns of the row that is there. */
  | {
      /** Columns of the key. Rows with a NULL in it are different, unless the index says NULLS NOT DISTINCT. */
      readonly on: readonly string[];
      /**
       * Columns that are overwritten: those that the row names of a list, or of all but the key; or an expression for
       * each column, in which `EXCLUDED.name` is the row that came, and the table's name the row that is there.
       * `@defaultValue` all
       */
      readonly update?: readonly string[] | 'all' | Readonly<Record<string, Sql>> | undefined;
      /**
       * Condition for rows to be overwritten: only those for which it holds are, such as
       * sql`EXCLUDED.version > users.version`.
       */
      readonly where?: Sql | undefined;
    };

export type Upsert = Exclude<Conflict, string>;

/** Checks the treatment of conflicts, and returns a copy, which is the call's own. */
export function takeConflict(conflict: unknown): Conflict {
  if (conflict === 'error' || conflict === 'ignore') return conflict;
  if (typeof conflict !== 'object' || conflict === null) {
    throw optionError(
      `Expected \`conflict\` to be 'error', 'ignore' or { on: ['id'] }, got ${describeValue(conflict)}.`,
    );
  }
  assertKnown(conflict, ['on', 'update', 'where']);
  const { on, update, where } = conflict as Upsert;
  assertColumns(on, '`conflict.on`');
  if (where !== undefined) assertSql(where, 'conflict.where');
  const taken = { ...(conflict as Upsert), on: [...on], where };
  return update === undefined ? taken : { ...taken, update: takeUpdate(update) };
}

function takeUpdate(update: Upsert['update']): Upsert['update'] {
  if (update === undefined || update === 'all') return update;
  if (Array.isArray(update) || typeof update !== 'object' || update === null) {
    assertColumns(update, '`conflict.update`');
    return [...(update as readonly string[])];
  }
  const expressions = { ...(update as Readonly<Record<string, Sql>>) };
  for (const [name, expression] of Object.entries(expressions)) {
    assertSql(expression, `conflict.update.${name}`);
  }
  return expressions;
}
