import type { PgResult } from './connection.ts';
import type { OwnClient } from './wire-client.ts';

/** The part of the package pg that is used. */
export interface Pg {
  readonly Client: new (settings: object) => OwnClient;
  readonly Pool: new (settings: object) => OwnPool;
  readonly types: PgTypes;
}

/** A pool of our own. */
export interface OwnPool {
  query(query: string, values: readonly unknown[]): Promise<PgResult>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

export interface PgTypes {
  getTypeParser(oid: number, format?: string): (text: string) => unknown;
}

/**
 * Loads the package pg, which whoever uses `telar/postgres` installs.
 *
 * @param hint - Says who needs it and how to install it.
 */
export async function loadPg(
  hint = 'telar/postgres needs pg: npm install pg pg-cursor pg-copy-streams',
): Promise<Pg> {
  try {
    return ((await import('pg')) as unknown as { default: Pg }).default;
  } catch (cause) {
    throw new Error(hint, { cause });
  }
}
