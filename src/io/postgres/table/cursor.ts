import type { PgClient } from '../connection/connection.ts';
import { loadPg, type PgTypes } from '../connection/load-pg.ts';

export interface Cursor<T> {
  read(rows: number): Promise<T[]>;
  close(): Promise<void>;
}

interface CursorConstructor<T> {
  new (sql: string, values: readonly unknown[], settings: { types: PgTypes }): Cursor<T>;
}

const NUMERIC_ARRAY = 1231;
const FLOAT_ARRAY = 1022;
const TEXT_ARRAY = 1009;

/** Opens a cursor that reads values as the client does, but for those that would lose digits. */
export async function openCursor<T>(
  client: PgClient,
  sql: string,
  values: readonly unknown[],
): Promise<Cursor<T>> {
  let Cursor: CursorConstructor<T>;
  try {
    ({ default: Cursor } = (await import('pg-cursor')) as unknown as { default: CursorConstructor<T> });
  } catch (cause) {
    throw new Error('query() needs pg-cursor: npm install pg-cursor', { cause });
  }
  return client.query(new Cursor(sql, values, { types: await chooseTypes(client) }));
}

/**
 * Chooses how values are read: pg 8 reads numbers of any length in an array as floating point, though it reads a single
 * one as text.
 */
async function chooseTypes(client: PgClient): Promise<PgTypes> {
  const { types } = await loadPg();
  const own = client as Partial<PgTypes>;
  const parserOf = (oid: number, format?: string): ((text: string) => unknown) =>
    own.getTypeParser?.(oid, format) ?? types.getTypeParser(oid, format);
  // A reader that somebody else has set is kept.
  const isDefault = parserOf(NUMERIC_ARRAY, 'text') === parserOf(FLOAT_ARRAY, 'text');
  return {
    getTypeParser: (oid, format) =>
      parserOf(isDefault && oid === NUMERIC_ARRAY && format !== 'binary' ? TEXT_ARRAY : oid, format),
  };
}
