import type { Redis } from 'ioredis';
import { ClusterError } from '../../cluster-error.ts';

export type { Redis };

/** Milliseconds between two tries to connect: short at first, since a broker restarts in a second. */
const RETRY_FIRST = 50;
const RETRY_MOST = 1000;

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
    retryStrategy: (tries: number) => Math.min(RETRY_MOST, RETRY_FIRST * tries),
    // A broker that was made read-only by a failover is left, and found anew.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  });
  // Without a listener the loss of a connection would end the program. Commands tell what is wrong.
  client.on('error', () => {});
  return client;
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
