import { createDeferred, raceTime } from '../../../async/deferred.ts';
import { onAbort } from '../../../async/on-abort.ts';
import { type Connection, isClient, isPool, type PgClient } from './connection.ts';
import { loadPg } from './load-pg.ts';
import { destroyConnection, type OwnClient, requestCancel, type WireClient } from './wire-client.ts';

/** Longest wait, in ms, for a server that was asked to end what it does; then its connection is ended. */
const PATIENCE = 4000;
/** Time, in ms, after which the server is asked again: a request that comes between two statements ends neither. */
const ASK_AGAIN = 250;
/** Longest time, in ms, that a connection of our own may take to say goodbye. */
const GOODBYE = 1000;

/** A client that is in use. */
export class Lease {
  readonly client: PgClient;
  readonly #wire: WireClient;
  readonly #giveBack: (error: Error | undefined) => Promise<void>;
  readonly #losing = createDeferred<never>();
  #lost: Error | undefined;

  private constructor(client: WireClient, giveBack: (error: Error | undefined) => Promise<void>) {
    this.client = client;
    this.#wire = client;
    this.#giveBack = giveBack;
    this.#losing.promise.catch(() => {});
    // A pool listens to idle clients only: whoever has a client listens to it, or its end is an error that nobody
    // catches (node-postgres#3083).
    client.on('error', this.#onLost);
    client.on('end', this.#onLost);
  }

  /** Takes a client. A connection that is opened here is closed by `release`. Rejects with the signal's reason. */
  static async open(connection: Connection, signal?: AbortSignal): Promise<Lease> {
    if (isClient(connection)) return new Lease(connection as WireClient, async () => {});
    if (isPool(connection)) {
      const client = await untilAborted(connection.connect(), signal, (late) => late.release());
      return new Lease(client as unknown as WireClient, async (error) => client.release(error));
    }
    const { Client } = await loadPg();
    const client = new Client(typeof connection === 'string' ? { connectionString: connection } : connection);
    const lease = new Lease(client, () => sayGoodbye(client));
    try {
      await untilAborted(client.connect(), signal);
    } catch (thrown) {
      destroyConnection(client);
      throw thrown;
    }
    return lease;
  }

  /** Reason why the connection is of no use any more. */
  get lost(): Error | undefined {
    return this.#lost;
  }

  /** Waits for something that the server is to do, and rejects once the connection is lost: it never comes then. */
  async guard<R>(work: Promise<R>): Promise<R> {
    if (this.#lost !== undefined) {
      work.catch(() => {});
      throw this.#lost;
    }
    // The work is first in the race: its own failure says more than the loss that it failed by.
    return await Promise.race([work, this.#losing.promise]);
  }

  /**
   * Ends what the server does for this client: asks it to, and ends the connection where that is not heard. Resolves when
   * `done` has settled, or the connection is lost. Never rejects.
   */
  async interrupt(done: Promise<unknown>): Promise<void> {
    const settled = this.guard(done).then(
      () => {},
      () => {},
    );
    const until = performance.now() + PATIENCE;
    while (performance.now() < until) {
      const isHeard = await requestCancel(this.#wire);
      if (await raceTime(settled, isHeard ? ASK_AGAIN : 0)) return;
      if (!isHeard) break;
    }
    this.destroy();
    await settled;
  }

  /** Ends the connection at once. */
  destroy(): void {
    destroyConnection(this.#wire);
    this.#onLost();
  }

  /**
   * Gives the client back, or closes it where it was opened for this lease. With an error, its connection is not used
   * again.
   */
  async release(error?: Error): Promise<void> {
    this.#wire.off('end', this.#onLost);
    try {
      await this.#giveBack(error ?? this.#lost);
    } finally {
      // A client of our own may fail while it is closed; one of a pool has a listener again.
      if (this.#wire.connection?.stream?.destroyed !== true) this.#wire.off('error', this.#onLost);
    }
  }

  readonly #onLost = (error?: Error): void => {
    if (this.#lost !== undefined) return;
    this.#lost = error ?? new Error('The connection to the server was closed.');
    this.#losing.reject(this.#lost);
  };
}

async function sayGoodbye(client: OwnClient): Promise<void> {
  const ending = client.end().catch(() => {});
  if (!(await raceTime(ending, GOODBYE))) destroyConnection(client);
}

/**
 * Waits for some work, or rejects with the reason of a signal.
 *
 * @param drop - Takes care of a value that comes too late.
 */
export async function untilAborted<R>(
  work: Promise<R>,
  signal: AbortSignal | undefined,
  drop: (late: R) => unknown = () => {},
): Promise<R> {
  if (signal === undefined) return await work;
  let stopListening: (() => void) | undefined;
  try {
    return await new Promise<R>((resolve, reject) => {
      let isLate = false;
      const onEnd = (): void => {
        isLate = true;
        reject(signal.reason as Error);
      };
      stopListening = onAbort(signal, onEnd);
      if (signal.aborted) onEnd();
      work.then((value) => void (isLate ? drop(value) : resolve(value)), reject);
    });
  } finally {
    stopListening?.();
  }
}
