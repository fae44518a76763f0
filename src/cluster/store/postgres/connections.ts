import { loadPg, type OwnPool, type Pg } from '../../../io/postgres/connection/load-pg.ts';
import type { PgResult } from '../../../io/postgres/connection/connection.ts';
import { destroyConnection, type OwnClient } from '../../../io/postgres/connection/wire-client.ts';
import { ClusterError } from '../../cluster-error.ts';
import { Progress } from '../progress.ts';
import { describeProblem } from './problems.ts';

/** A step takes a millisecond: more connections than this would wait for the server's cores instead. */
const CONNECTIONS = 8;
/** Milliseconds after which a server that does not answer is taken for lost. */
const CONNECT_LIMIT = 10_000;
const ANSWER_LIMIT = 60_000;
/** Tries of a statement that the server itself has taken back. */
const TRIES = 10;

/** A row of an answer. */
export type Row = Readonly<Record<string, unknown>>;

/** A client of our own that hears notifications. */
export interface Listener extends OwnClient {
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown;
  on(event: 'notification', listener: (message: Notification) => void): unknown;
}

interface Notification {
  readonly channel: string;
  readonly payload?: string;
}

/** All connections that one broker has on a PostgreSQL server. They are made at the first need. */
export class Connections {
  readonly #Client: new () => OwnClient;
  readonly #pool: OwnPool;
  readonly #clients: Set<OwnClient>;
  readonly #waiting = new Set<(reason: Error) => void>();
  readonly #closing = new AbortController();
  readonly #progress: Progress;

  private constructor({ Pool, Client }: Pg, settings: object) {
    const clients = new Set<OwnClient>();
    // A pool would bound the wait for a free client by the time that a connection may take, hence here.
    const Tracked = class extends Client {
      constructor() {
        super({ ...settings, connectionTimeoutMillis: CONNECT_LIMIT });
        clients.add(this);
        // Without a listener, at any moment of its life, the loss of a connection would end the program.
        this.on('error', () => {});
        this.on('end', () => clients.delete(this));
      }
    };
    this.#clients = clients;
    this.#progress = new Progress(() => [...clients].map(({ connection }) => connection?.stream));
    this.#Client = Tracked;
    this.#pool = new Pool({ max: CONNECTIONS, Client: Tracked });
    this.#pool.on('error', () => {});
  }

  static async open(connection: string, name: string): Promise<Connections> {
    const pg = await loadClusterPg();
    const settings = {
      connectionString: connection,
      fallback_application_name: name,
      keepAlive: true,
      query_timeout: ANSWER_LIMIT,
    };
    assertReadable(pg, settings);
    return new Connections(pg, settings);
  }

  /** Signal that is aborted once the broker is closed. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** Makes a connection that is nobody else's. */
  async connect(): Promise<Listener> {
    const client = new this.#Client() as Listener;
    try {
      await client.connect();
    } catch (thrown) {
      this.#clients.delete(client);
      destroyConnection(client);
      throw thrown;
    }
    if (this.closed.aborted) destroyConnection(client);
    return client;
  }

  /** Ends a connection of `connect` at once. */
  drop(client: OwnClient): void {
    this.#clients.delete(client);
    destroyConnection(client);
  }

  /**
   * Does one statement, which has no name: poolers that give each transaction another connection do not know it again.
   *
   * @throws The error of the driver when the connection is lost: whether the statement was done is unknown then.
   */
  async query(statement: string, values: readonly unknown[]): Promise<readonly Row[]> {
    for (let tries = 1; ; tries++) {
      try {
        return (await this.#untilClosed(this.#pool.query(statement, values))).rows;
      } catch (thrown) {
        // A stricter isolation may be the database's default: a statement that had to wait for another is taken back
        // then.
        if (tries === TRIES || !/^40(001|P01)$/.test(String(Object(thrown).code)))
          throw describeProblem(thrown);
      }
    }
  }

  /**
   * Ends the connections over which nothing crosses. What waits there for an answer rejects, and whoever comes next has new
   * ones. Returns false where one is left.
   */
  reset(silence: number): boolean {
    let isLeft = false;
    for (const client of this.#clients) {
      if (this.#progress.isMoving(client.connection?.stream, silence)) isLeft = true;
      else destroyConnection(client);
    }
    return !isLeft;
  }

  /** Ends all connections at once. What waits for them rejects. */
  close(): void {
    if (this.closed.aborted) return;
    this.#closing.abort();
    this.#progress.close();
    // A pool that ends leaves those alone who wait for a client.
    for (const reject of this.#waiting) reject(closedError());
    this.#pool.end().catch(() => {});
    for (const client of this.#clients) destroyConnection(client);
    this.#clients.clear();
  }

  async #untilClosed(work: Promise<PgResult>): Promise<PgResult> {
    if (this.closed.aborted) {
      work.catch(() => {});
      throw closedError();
    }
    return await new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      void work.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }
}

/** Connects once, for an administrator. */
export async function connectOnce(
  connection: string,
): Promise<{ client: OwnClient; close: () => Promise<void> }> {
  const connections = await Connections.open(connection, 'telar');
  const client = await connections.connect();
  return {
    client,
    close: async () => {
      await client.end();
      connections.close();
    },
  };
}

/** The error of what waits for a broker that is closed. */
export function closedError(): Error {
  return new Error('The connection to the broker was closed.');
}

export async function loadClusterPg(): Promise<Pg> {
  try {
    return await loadPg('telar/cluster on PostgreSQL needs pg: npm install bullmq pg');
  } catch (thrown) {
    const { message, cause } = thrown as Error;
    throw new ClusterError(message, 'broker', { cause });
  }
}

/** Throws unless pg understands the URL. Its own error shows all of it, with the password. */
function assertReadable({ Client }: Pg, settings: object): void {
  try {
    void new Client(settings);
  } catch {
    throw new ClusterError('The connection to PostgreSQL is no URL that pg can read.', 'broker');
  }
}
