import { ClusterError } from '../../cluster-error.ts';
import type { Broker } from '../broker.ts';
import { connectRedis, type Redis } from './connection.ts';
import { RedisNews } from './news.ts';
import { RedisRegistry } from './registry.ts';
import { RedisRuns } from './run-store.ts';

/** Opens a broker on a Redis or Valkey server, from version 6. Connections are made at the first step. */
export async function openRedis(url: string, queue: string): Promise<Broker> {
  const client = await connectRedis(url, `telar:${queue}`);
  const subscriber = await connectRedis(url, `telar:${queue}:news`);
  return {
    runs: new RedisRuns(client, queue),
    registry: new RedisRegistry(client, queue),
    news: new RedisNews(subscriber, queue),
    check: () => check(client),
    close: async () => {
      subscriber.disconnect();
      client.disconnect();
    },
  };
}

/** Throws unless the server keeps what it is given: one that drops keys when it is full would drop items. */
async function check(client: Redis): Promise<void> {
  const policy = await readPolicy(client);
  if (policy === undefined || policy === 'noeviction') return;
  throw new ClusterError(
    `The broker may drop what Telar keeps in it: its maxmemory-policy is '${policy}'. Set it to 'noeviction'.`,
    'broker',
  );
}

/** Reads what the server does when it is full; `undefined` where it does not tell, as most hosted ones. */
async function readPolicy(client: Redis): Promise<string | undefined> {
  try {
    const info = await client.info('memory');
    return /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  } catch (thrown) {
    if (thrown instanceof Error && /NOPERM|unknown command/i.test(thrown.message)) return undefined;
    throw thrown;
  }
}
