import { setTimeout as sleep } from 'node:timers/promises';
import type { News } from '../broker.ts';
import { commitChannel, endChannel } from './notify.ts';
import { closedError, type Connections, type Listener } from './connections.ts';

/** Milliseconds between two tries to connect: short at first, since a broker restarts in a second. */
const RETRY_FIRST = 50;
const RETRY_MOST = 1000;

/** News of a PostgreSQL server, by LISTEN on a connection of its own, which comes back by itself. */
export class PostgresNews implements News {
  readonly #connections: Connections;
  readonly #queue: string;
  readonly #listeners = new Map<string, (run: string) => void>();
  #client: Listener | undefined;
  #connecting: Promise<Listener> | undefined;
  #said: Promise<unknown> = Promise.resolve();

  constructor(connections: Connections, queue: string) {
    this.#connections = connections;
    this.#queue = queue;
  }

  async onCommit(run: string, listener: () => void): Promise<void> {
    await this.#listen(commitChannel(this.#queue, run), listener);
  }

  async offCommit(run: string): Promise<void> {
    const channel = commitChannel(this.#queue, run);
    if (!this.#listeners.delete(channel)) return;
    // A connection that is lost hears nothing, and the next one listens to what is wanted then.
    if (this.#client !== undefined) await this.#say(this.#client, `UNLISTEN ${channel}`).catch(() => {});
  }

  async onEnd(listener: (run: string) => void): Promise<void> {
    await this.#listen(endChannel(this.#queue), listener);
  }

  async #listen(channel: string, listener: (run: string) => void): Promise<void> {
    this.#listeners.set(channel, listener);
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- it is tried until a connection lasts that long.
      const client = await this.#reach();
      try {
        // oxlint-disable-next-line no-await-in-loop -- it is tried until a connection lasts that long.
        await this.#say(client, `LISTEN ${channel}`);
        return;
      } catch {
        this.#onLost(client);
      }
    }
  }

  /** Says one thing after the other: pg keeps no queue from version 9 on. */
  async #say(client: Listener, statement: string): Promise<void> {
    const saying = this.#said.then(() => client.query(statement));
    this.#said = saying.catch(() => {});
    await saying;
  }

  async #reach(): Promise<Listener> {
    if (this.#client !== undefined) return this.#client;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return await this.#connecting;
  }

  /** Connects, as often as it takes. Rejects once the broker is closed. */
  async #connect(): Promise<Listener> {
    const { closed } = this.#connections;
    for (let pause = RETRY_FIRST; ; pause = Math.min(RETRY_MOST, 2 * pause)) {
      if (closed.aborted) throw closedError();
      try {
        // oxlint-disable-next-line no-await-in-loop -- one try after the other.
        return await this.#connectOnce();
      } catch {
        // oxlint-disable-next-line no-await-in-loop -- tries are some time apart.
        await sleep(pause, undefined, { signal: closed }).catch(() => {});
      }
    }
  }

  /** Connects, and listens to all that is listened to. */
  async #connectOnce(): Promise<Listener> {
    const client = await this.#connections.connect();
    let isLost = false;
    const onLost = (): void => {
      isLost = true;
      this.#onLost(client);
    };
    client.on('error', onLost);
    client.on('end', onLost);
    client.on('notification', ({ channel, payload }) => this.#listeners.get(channel)?.(payload ?? ''));
    try {
      const channels = [...this.#listeners.keys()];
      await client.query(channels.map((channel) => `LISTEN ${channel}`).join(';'));
      if (isLost) throw new Error('The connection was lost.');
    } catch (thrown) {
      this.#connections.drop(client);
      throw thrown;
    }
    this.#client = client;
    return client;
  }

  #onLost(client: Listener): void {
    this.#connections.drop(client);
    if (this.#client !== client) return;
    this.#client = undefined;
    if (this.#listeners.size > 0)
      this.#reach().then(
        () => this.#makeUp(),
        () => {},
      );
  }

  /** Makes all look, since news of a time when nothing listened are not told again. */
  #makeUp(): void {
    const ends = endChannel(this.#queue);
    for (const [channel, listener] of this.#listeners) if (channel !== ends) listener('');
  }
}
