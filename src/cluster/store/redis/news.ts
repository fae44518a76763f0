import type { Redis } from './connection.ts';
import type { News } from '../broker.ts';
import { nameOf, newsOf } from './names.ts';

/** News of a Redis or Valkey server, by publish and subscribe on a connection of its own. */
export class RedisNews implements News {
  readonly #subscriber: Redis;
  readonly #queue: string;
  readonly #listeners = new Map<string, (message: string) => void>();
  #checking: Promise<void> | undefined;

  constructor(subscriber: Redis, queue: string) {
    this.#subscriber = subscriber;
    this.#queue = queue;
    subscriber.on('message', (channel: string, message: string) => this.#listeners.get(channel)?.(message));
  }

  async onCommit(run: string, listener: () => void): Promise<void> {
    await this.#subscribe(newsOf(this.#queue, run), listener);
  }

  async offCommit(run: string): Promise<void> {
    const channel = newsOf(this.#queue, run);
    this.#listeners.delete(channel);
    await this.#checked();
    await this.#subscriber.unsubscribe(channel);
  }

  async onEnd(listener: (run: string) => void): Promise<void> {
    await this.#subscribe(nameOf(this.#queue, 'ended'), listener);
  }

  async #subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    this.#listeners.set(channel, listener);
    await this.#checked();
    await this.#subscriber.subscribe(channel);
  }

  /**
   * Waits while a connection that was just made is checked. ioredis 5.11.1 sends a SUBSCRIBE before its own INFO then, which
   * a connection that has subscribed does not take: it breaks the connection off, and rejects all that waits for it.
   */
  async #checked(): Promise<void> {
    while (this.#subscriber.status === 'connect') {
      this.#checking ??= new Promise<void>((resolve) => {
        const end = (): void => {
          this.#subscriber.off('ready', end).off('close', end);
          this.#checking = undefined;
          resolve();
        };
        this.#subscriber.on('ready', end).on('close', end);
      });
      // oxlint-disable-next-line no-await-in-loop -- the next connection is checked as well.
      await this.#checking;
    }
  }
}
