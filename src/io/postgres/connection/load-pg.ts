import type { OwnClient } from './wire-client.ts';

/** The part of the package pg that is used. */
export interface Pg {
  readonly Client: new (settings: object) => OwnClient;
  readonly types: PgTypes;
}

export interface PgTypes {
  getTypeParser(oid: number, format?: string): (text: string) => unknown;
}

/** Loads the package pg, which whoever uses `telar/postgres` installs. */
export async function loadPg(): Promise<Pg> {
  try {
    return ((await import('pg')) as unknown as { default: Pg }).default;
  } catch (cause) {
    throw new Error('telar/postgres needs pg: npm install pg pg-cursor pg-copy-streams', { cause });
  }
}
