import type { Redis } from './connection.ts';
import type { Registry, RunState } from '../broker.ts';
import { NODE_LIFE } from '../store.ts';
import { keyOf, nameOf } from './names.ts';
import { RUN_KEYS } from './scripts.ts';

/** Nodes and runs on a Redis or Valkey server. */
export class RedisRegistry implements Registry {
  readonly #client: Redis;
  readonly #queue: string;

  constructor(client: Redis, queue: string) {
    this.#client = client;
    this.#queue = queue;
  }

  async announce(node: string, info: string): Promise<void> {
    await this.#client.set(nameOf(this.#queue, `node:${node}`), info, 'PX', NODE_LIFE);
    await this.#client.sadd(nameOf(this.#queue, 'nodes'), node);
  }

  async leave(node: string): Promise<void> {
    await this.#client.del(nameOf(this.#queue, `node:${node}`));
    await this.#client.srem(nameOf(this.#queue, 'nodes'), node);
  }

  async listNodes(): Promise<string[]> {
    const ids = await this.#client.smembers(nameOf(this.#queue, 'nodes'));
    if (ids.length === 0) return [];
    const infos = await this.#client.mget(ids.map((id) => nameOf(this.#queue, `node:${id}`)));
    const gone = ids.filter((_, at) => infos[at] === null);
    if (gone.length > 0) await this.#client.srem(nameOf(this.#queue, 'nodes'), ...gone);
    return infos.filter((info) => info !== null);
  }

  async listQueues(): Promise<string[]> {
    const queues = new Set<string>();
    for (const what of ['nodes', 'runs']) {
      const match = nameOf('*', what);
      for (let cursor = '0', isFirst = true; isFirst || cursor !== '0'; isFirst = false) {
        // oxlint-disable-next-line no-await-in-loop -- each answer says where the next begins.
        const [next, keys] = await this.#client.scan(cursor, 'MATCH', match, 'COUNT', 1000);
        cursor = next;
        for (const key of keys) {
          const queue = /\{([^:}]+)\}/.exec(key)?.[1];
          if (queue !== undefined) queues.add(queue);
        }
      }
    }
    return [...queues];
  }

  async listRuns(): Promise<RunState[]> {
    const states: RunState[] = [];
    for (const run of await this.#client.smembers(nameOf(this.#queue, 'runs'))) {
      const head = await this.#client.get(keyOf(this.#queue, run, 'head'));
      if (head === null) {
        await this.#client.srem(nameOf(this.#queue, 'runs'), run);
        continue;
      }
      const caller = (await this.#client.get(keyOf(this.#queue, run, 'lease'))) ?? undefined;
      const outstanding = await this.#client.hlen(keyOf(this.#queue, run, 'in'));
      states.push({
        run,
        head,
        caller,
        outstanding,
        done: await this.#client.hlen(keyOf(this.#queue, run, 'out')),
      });
    }
    return states;
  }

  async forget(run: string): Promise<boolean> {
    const count = await this.#client.del(RUN_KEYS.map((key) => keyOf(this.#queue, run, key)));
    await this.#client.srem(nameOf(this.#queue, 'runs'), run);
    await this.#client.publish(nameOf(this.#queue, 'ended'), run);
    return count > 0;
  }
}
