import type { Socket } from 'node:net';
import type { PgClient } from './connection.ts';

/** A client of pg 8 below its documented surface: whoever has to end a connection needs its socket. */
export interface WireClient extends PgClient {
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown;
  off(event: 'error' | 'end', listener: (error?: Error) => void): unknown;
  readonly connection?: { readonly stream?: Socket } | undefined;
  readonly connectionParameters?: object | undefined;
  readonly secretKey?: unknown;
}

/** A client of our own. */
export interface OwnClient extends WireClient {
  connect(): Promise<void>;
  end(): Promise<void>;
}

/**
 * The part of a client that sends the request to cancel what another one does, over a connection that does nothing
 * else.
 */
export interface CancelClient {
  readonly host?: string;
  readonly port?: number;
  readonly connection: {
    on(event: 'error' | 'end', listener: () => void): unknown;
    once(event: 'connect', listener: () => void): unknown;
    connect(port: number | string, host?: string): void;
    cancel(processId: number, secretKey: unknown): void;
    readonly stream: Socket;
  };
}

/** Longest time, in ms, that a request to cancel may take to reach the server. */
const REACH = 2000;

/**
 * Asks the server to end what it does for a client: the cancel request of the protocol, over a connection of its own,
 * which needs no place in a pool. Resolves when the request was sent, or could not be: then to false where the server
 * does nothing at all, such as one that is stopped. Such a server finds the request when it goes on. Never rejects.
 */
export async function requestCancel(client: WireClient): Promise<boolean> {
  const { processID, secretKey, connectionParameters } = client;
  if (typeof processID !== 'number' || secretKey === undefined || connectionParameters === undefined)
    return true;
  try {
    const Client = client.constructor as new (settings: object) => CancelClient;
    const { connection, host, port } = new Client(connectionParameters);
    const isHeard = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), REACH);
      const done = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      connection.on('error', done);
      connection.on('end', done);
      connection.once('connect', () => connection.cancel(processID, secretKey));
      if (host?.startsWith('/') === true) connection.connect(`${host}/.s.PGSQL.${port}`);
      else connection.connect(port ?? 5432, host);
    });
    connection.stream.destroy();
    return isHeard;
  } catch {
    // A query that cannot be cancelled ends with its connection.
    return true;
  }
}

/** Ends a connection at once, whatever the server does. */
export function destroyConnection(client: WireClient): void {
  client.connection?.stream?.destroy();
}
