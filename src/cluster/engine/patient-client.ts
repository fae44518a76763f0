import type { OwnClient } from '../../io/postgres/connection/wire-client.ts';
import { loadClusterPg } from '../store/postgres/connections.ts';

/** A client as pg's pool uses it, which tells by a call whether it is connected. */
type PooledClient = new (settings: object) => OwnClient & {
  connect(onConnected: (error?: Error) => void): void;
};

/**
 * Makes a class of clients that tell only after a pause that they could not connect, and whose loss never ends the program:
 * BullMQ listens to no errors of the client over which it asks for the version of its tables.
 *
 * @param clients - Gets each client, as long as it is connected.
 */
export async function loadPatientClient(
  pause: number,
  clients: Set<OwnClient>,
): Promise<new (settings: object) => OwnClient> {
  const { Client } = await loadClusterPg();
  return class extends (Client as unknown as PooledClient) {
    constructor(settings: object) {
      super(settings);
      clients.add(this);
      this.on('error', () => {});
      this.on('end', () => clients.delete(this));
    }

    override connect(onConnected?: (error?: Error) => void): Promise<void> {
      if (onConnected === undefined) return super.connect();
      super.connect((error) => {
        if (error === undefined || error === null) onConnected();
        else setTimeout(() => onConnected(error), pause);
      });
      return Promise.resolve();
    }
  };
}
