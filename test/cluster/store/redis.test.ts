import { Redis } from 'ioredis';
import { openRedis } from '../../../src/cluster/store/redis/broker.ts';
import { keyOf } from '../../../src/cluster/store/redis/names.ts';
import { useRedis } from '../../servers/redis.ts';
import { describeStore } from './contract.ts';

const QUEUE = 'contract';
const server = useRedis();

describeStore('Redis', {
  open: () => openRedis(server.url, QUEUE),
  lapse: async (run) => {
    const client = new Redis(server.url);
    await client.del(keyOf(QUEUE, run, 'lease'));
    client.disconnect();
  },
});
