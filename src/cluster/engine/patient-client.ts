import type { OwnClient } from '../../io/postgres/connection/wire-client.ts';
import { loadClusterPg } from '../store/postgres/connections.ts';

/** A client as pg's pool uses it, which tells by a call whether it is connected. */
type PooledClient = new (settings: object) => Omit<OwnClient, 'connect' | 'query'> & {
  connect(onConnected?: (error?: Error) => void): Promise<void>;
  query(...args: readonly unknown[]): unknown;
};

/** Milliseconds by which a number may be off the time of this machine, and be that time. */
const CLOSE = 60_000;

const ASK_TIME = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now';

/**
 * Makes a class of clients that tell only after a pause that they could not connect, and whose loss never ends the program:
 * BullMQ listens to no errors of the client over which it asks for the version of its tables.
 *
 * Times that BullMQ sends are made those of the server. It tells until when a job is locked by the clock of its own machine:
 * the jobs of a node that died, and whose clock was hours ahead, would go to no other node in that time.
 *
 * @param clients - Gets each client, as long as it is connected.
 */
export async function loadPatientClient(
  pause: number,
  clients: Set<OwnClient>,
): Promise<new (settings: object) => OwnClient> {
  const { Client } = await loadClusterPg();
  const Patient = class extends (Client as unknown as PooledClient) {
    /** Milliseconds that the server's clock is ahead of `performance.now()`. */
    #ahead: number | undefined;

    constructor(settings: object) {
      super(settings);
      const client = this as unknown as OwnClient;
      clients.add(client);
      this.on('error', () => {});
      this.on('end', () => clients.delete(client));
    }

    override connect(onConnected?: (error?: Error) => void): Promise<void> {
      if (onConnected === undefined) return super.connect();
      void super.connect((error) => {
        if (error === undefined || error === null) void this.#readClock().then(() => onConnected());
        else setTimeout(() => onConnected(error), pause);
      });
      return Promise.resolve();
    }

    override query(...args: readonly unknown[]): unknown {
      const [text, values] = args;
      if (Array.isArray(values)) return super.query(text, this.#translate(values), ...args.slice(2));
      const { values: own, submit } = Object(text) as { values?: unknown; submit?: unknown };
      if (!Array.isArray(own) || submit !== undefined) return super.query(...args);
      return super.query({ ...(text as object), values: this.#translate(own) }, ...args.slice(1));
    }

    /** Never rejects: a connection that is lost fails the next query as well. */
    async #readClock(): Promise<void> {
      try {
        const { rows } = (await super.query(ASK_TIME)) as { rows: readonly { now: number }[] };
        this.#ahead = (rows[0] as { now: number }).now - performance.now();
      } catch {
        this.#ahead = undefined;
      }
    }

    #translate(values: readonly unknown[]): readonly unknown[] {
      if (this.#ahead === undefined) return values;
      const now = Date.now();
      const late = Math.round(this.#ahead + performance.now() - now);
      return values.map((value) =>
        typeof value === 'number' && Math.abs(value - now) < CLOSE ? value + late : value,
      );
    }
  };
  return Patient as unknown as new (settings: object) => OwnClient;
}
