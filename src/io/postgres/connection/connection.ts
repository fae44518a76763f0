import { describeValue } from '../../../errors/describe.ts';
import { isPlain } from '../../../realm/plain.ts';

/** The part of a client of pg that is needed. */
export interface PgClient {
  query(query: string, values?: readonly unknown[]): Promise<PgResult>;
  query<Q extends object>(submittable: Q): Q;
  readonly processID?: number | null;
}

export interface PgResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly fields: readonly { readonly name: string }[];
  readonly rowCount: number | null;
}

/** A pool of pg, to which its clients are given back. */
export interface PgPool {
  connect(): Promise<PgClient & { release(error?: Error | boolean): void }>;
  readonly totalCount: number;
}

/** A URL, the settings of a pg client, or a pg `Pool` or connected `Client`, which stay open. */
export type Connection = string | Readonly<Record<string, unknown>> | PgPool | PgClient;

/** Checks where a call connects to, and returns it: settings as a copy, which is the call's own. */
export function takeConnection(connection: unknown): Connection {
  if (typeof connection === 'string' && /^postgres(ql)?:/.test(connection)) return connection;
  if (typeof connection !== 'object' || connection === null) {
    throw new TypeError(
      `Expected a URL such as 'postgresql://user@host/database', or a Pool, a Client or the settings of one of pg, got ${describeValue(connection)}.`,
    );
  }
  // Objects of a class are clients and pools, or settings that the class makes.
  const isSettings = isPlain(connection) && !isPool(connection) && !isClient(connection);
  return (isSettings ? { ...connection } : connection) as Connection;
}

export function isPool(connection: object | string): connection is PgPool {
  return typeof connection === 'object' && 'totalCount' in connection && 'connect' in connection;
}

export function isClient(connection: object | string): connection is PgClient {
  return typeof connection === 'object' && 'query' in connection && !isPool(connection);
}
