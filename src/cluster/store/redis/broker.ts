import type { Socket } from 'node:net';
import { ClusterError } from '../../cluster-error.ts';
import type { Broker } from '../broker.ts';
import { Progress } from '../progress.ts';
import { connectRedis, type Redis, resetRedis } from './connection.ts';
import { nameOf } from './names.ts';
import { RedisNews } from './news.ts';
import { RedisRegistry } from './registry.ts';
import { RedisRuns } from './run-store.ts';

/** Opens a broker on a Redis or Valkey server, from version 6. Connections are made at the first step. */
export async function openRedis(url: string, queue: string): Promise<Broker> {
  const client = await connectRedis(url, `telar:${queue}`);
  const subscriber = await connectRedis(url, `telar:${queue}:news`);
  const connections = [client, subscriber];
  const progress = new Progress(() => connections.map(({ stream }) => stream as Socket | undefined));
  let lastError: Error | undefined;
  client.on('error', (error) => (lastError = error));
  return {
    get lastError() {
      return lastError;
    },
    runs: new RedisRuns(client, queue),
    registry: new RedisRegistry(client, queue),
    news: new RedisNews(subscriber, queue),
    check: () => check(client, queue),
    reset: (silence) => {
      const silent = connections.filter(
        ({ stream }) => !progress.isMoving(stream as Socket | undefined, silence),
      );
      for (const each of silent) resetRedis(each);
      return silent.includes(client);
    },
    close: async () => {
      progress.close();
      subscriber.disconnect();
      client.disconnect();
    },
  };
}

/**
 * Throws unless the account may do what is needed, and the server keeps what it is given: one that drops keys when it is full
 * would drop items.
 */
async function check(client: Redis, queue: string): Promise<void> {
  await checkRights(client, queue);
  const policy = await readPolicy(client);
  if (policy === undefined || policy === 'noeviction') return;
  throw new ClusterError(
    `The broker may drop what Telar keeps in it: its maxmemory-policy is '${policy}'. Set it to 'noeviction'.`,
    'broker',
  );
}

/** Throws, with what to do, where the account may not write the keys of Telar, or those of BullMQ. */
async function checkRights(client: Redis, queue: string): Promise<void> {
  try {
    for (const key of [nameOf(queue, 'probe'), `{telar:${queue}}:probe`]) {
      // oxlint-disable-next-line no-await-in-loop -- the first that is refused says enough.
      await client.set(key, '1', 'PX', 1000);
    }
    await client.eval('return 1', 0);
    await client.publish(nameOf(queue, 'probe'), '1');
  } catch (thrown) {
    const remedy = REMEDIES.find(([pattern]) => pattern.test(String(Object(thrown).message)))?.[1];
    throw remedy === undefined ? thrown : new ClusterError(remedy, 'broker', { cause: thrown });
  }
}

/** Messages of the server, each with what to do. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /NOPERM/,
    'The account may not use the keys of Telar: ACL SETUSER <name> on ><password> ~telar:* ~{telar:* &telar:* +@all -@admin -@dangerous +info',
  ],
  [
    /WRONGPASS|invalid username-password/,
    'The broker does not know the user or the password of `connection`.',
  ],
  [/NOAUTH/, 'The broker asks for a password: give it in `connection`, as redis://user:password@host.'],
  [/READONLY/, 'The server takes no writes: it is a replica. Connect to the primary.'],
];

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
