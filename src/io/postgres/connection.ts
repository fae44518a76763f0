import { describeValue } from '../../describe.ts';

/** What is needed of a client of pg. */
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

/** A pool of pg: its clients are given back. */
export interface PgPool {
  connect(): Promise<PgClient & { release(error?: Error | boolean): void }>;
  readonly totalCount: number;
}

/** A URL, the settings of a pg client, or a pg `Pool` or connected `Client`, which stay open. */
export type Connection = string | Readonly<Record<string, unknown>> | PgPool | PgClient;

/** A client that is in use. */
export interface Lease {
  readonly client: PgClient;
  /** Gives it back, or closes it where it was opened for this. With an error, its connection is not used again. */
  readonly release: (error?: Error) => Promise<void>;
  /** Asks the server to end what it does for this client. Never rejects. */
  readonly cancel: () => Promise<void>;
}

export function assertConnection(connection: unknown): asserts connection is Connection {
  if (typeof connection === 'string' && /^postgres(ql)?:/.test(connection)) return;
  if (typeof connection === 'object' && connection !== null) return;
  throw new TypeError(
    `Expected a URL such as 'postgresql://user@host/database', or a Pool, a Client or the settings of one of pg, got ${describeValue(connection)}.`,
  );
}

/** Takes a client. What is opened here is closed by `release`. */
export async function lease(connection: Connection): Promise<Lease> {
  if (isPool(connection)) {
    const client = await connection.connect();
    return {
      client,
      release: async (error) => client.release(error),
      cancel: () => cancelQuery(connection, client),
    };
  }
  if (isClient(connection)) {
    return { client: connection, release: async () => {}, cancel: () => cancelQuery(connection, connection) };
  }
  const { Client } = await loadPg();
  const settings = typeof connection === 'string' ? { connectionString: connection } : connection;
  const client = new Client(settings);
  // A connection that breaks while no query runs: the next query says so.
  client.on('error', () => {});
  await client.connect();
  return { client, release: () => client.end(), cancel: () => cancelQuery(connection, client) };
}

interface OwnClient extends PgClient {
  connect(): Promise<void>;
  end(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): void;
}

async function loadPg(): Promise<{ Client: new (settings: object) => OwnClient }> {
  try {
    const loaded = (await import('pg')) as unknown as {
      default: { Client: new (settings: object) => OwnClient };
    };
    return loaded.default;
  } catch (cause) {
    throw new Error('telar/postgres needs pg: npm install pg pg-cursor pg-copy-streams', { cause });
  }
}

async function cancelQuery(connection: Connection, { processID }: PgClient): Promise<void> {
  if (typeof processID !== 'number') return;
  try {
    // Over a connection of its own: that of the client is busy.
    const settings = isClient(connection)
      ? (connection as unknown as { connectionParameters: Record<string, unknown> }).connectionParameters
      : connection;
    const other = await lease(settings as Connection);
    try {
      await other.client.query('SELECT pg_cancel_backend($1)', [processID]);
    } finally {
      await other.release();
    }
  } catch {
    // The query ends with its connection then.
  }
}

function isPool(connection: object | string): connection is PgPool {
  return typeof connection === 'object' && 'totalCount' in connection && 'connect' in connection;
}

function isClient(connection: object | string): connection is PgClient {
  return typeof connection === 'object' && 'query' in connection && !isPool(connection);
}
