import type { Redis } from './connection.ts';
import type { News } from '../broker.ts';
import { nameOf, newsOf } from './names.ts';

/** News of a Redis or Valkey server, by publish and subscribe on a connection of its own. */
export class RedisNews implements News {
  readonly #subscriber: Redis;
  readonly #queue: string;
  readonly #listeners = new Map<string, (message: string) => void>();

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
    await this.#subscriber.unsubscribe(channel);
  }

  async onEnd(listener: (run: string) => void): Promise<void> {
    await this.#subscribe(nameOf(this.#queue, 'ended'), listener);
  }

  async #subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    this.#listeners.set(channel, listener);
    await this.#subscriber.subscribe(channel);
  }
}
