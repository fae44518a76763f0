import { startPostgres } from '../../../examples/servers/postgres.ts';
import { startRedis } from '../../../examples/servers/redis.ts';
import { initEngine } from '../../../src/cluster/engine/engine.ts';
import { initSchema } from '../../../src/cluster/store/postgres/schema.ts';

export type BrokerName = 'Redis' | 'PostgreSQL';

/** Starts both brokers, one after the other, and does something on each. Ends each before the next, however that went. */
export async function onBrokers<R>(
  use: (name: BrokerName, url: string) => Promise<R>,
): Promise<Record<BrokerName, R>> {
  const redis = await startRedis();
  let onRedis: R;
  try {
    onRedis = await use('Redis', redis.url);
  } finally {
    await redis.remove();
  }
  const postgres = await startPostgres();
  try {
    await initSchema(postgres.url);
    await initEngine(postgres.url);
    return { Redis: onRedis, PostgreSQL: await use('PostgreSQL', postgres.url) };
  } finally {
    await postgres.stop();
  }
}
