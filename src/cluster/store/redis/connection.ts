import type { Redis } from 'ioredis';
import { ClusterError } from '../../cluster-error.ts';

export type { Redis };

/** Milliseconds between two tries to connect: short at first, since a broker restarts in a second. */
const RETRY_FIRST = 50;
const RETRY_MOST = 1000;
/** Milliseconds that a connection gets to end in good order. */
const GOODBYE = 250;
/** Milliseconds that a server may take for its first answer; one that still loads its data is asked again then. */
const FIRST_ANSWER = 10_000;

/** The part of the package ioredis that is used. */
type RedisClass = new (url: string, options: object) => Redis;

/**
 * Opens a connection that comes back by itself. Commands wait for it as long as it takes: whoever sends one bounds the
 * wait.
 */
export async function connectRedis(url: string, name: string): Promise<Redis> {
  const { Redis } = await loadRedis();
  const client = new Redis(url, {
    connectionName: name,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    enableReadyCheck: true,
    // A peer that is gone does not say goodbye.
    disconnectTimeout: GOODBYE,
    retryStrategy: (tries: number) => Math.min(RETRY_MOST, RETRY_FIRST * tries),
    // A broker that was made read-only by a failover is left, and found anew.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  });
  // Without a listener the loss of a connection would end the program. Commands tell what is wrong.
  client.on('error', () => {});
  // A connection whose first question was lost on its way would wait for the answer for ever: ioredis bounds no more than
  // the time until it is made.
  let timer: NodeJS.Timeout | undefined;
  client.on('connect', () => {
    clearTimeout(timer);
    timer = setTimeout(() => resetRedis(client), FIRST_ANSWER).unref();
  });
  for (const event of ['ready', 'close'] as const) client.on(event, () => clearTimeout(timer));
  return client;
}

/** Makes a connection anew over which nothing comes, be it one that was made and has not got its first answer. */
export function resetRedis(client: Redis): void {
  if (client.status === 'ready' || client.status === 'connect') client.disconnect(true);
}

async function loadRedis(): Promise<{ Redis: RedisClass }> {
  try {
    return (await import('ioredis')) as unknown as { Redis: RedisClass };
  } catch (cause) {
    throw new ClusterError('telar/cluster on Redis needs ioredis: npm install bullmq ioredis', 'broker', {
      cause,
    });
  }
}
