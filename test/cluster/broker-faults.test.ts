import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from '../../src/entries/cluster.ts';
import { parallelMap } from '../../src/index.ts';
import { connectRedis } from '../../src/cluster/store/redis/connection.ts';
import * as tasks from '../fixtures/cluster/tasks.ts';
import { useRedis } from '../servers/redis.ts';
import { startNode, type TestNode } from './harness.ts';

const QUEUE = 'faults';

describe('A broker that fails', () => {
  const server = useRedis();

  describe('while a call runs', () => {
    let node: TestNode;
    let cluster: Cluster;
    before(async () => {
      node = await startNode({ url: server.url, queue: QUEUE, args: ['--lock', '2s'] });
      cluster = new Cluster({ connection: server.url, queue: QUEUE });
    });
    after(async () => {
      await cluster.close();
      await node.end('SIGKILL');
    });

    const items = Array.from({ length: 60 }, () => 50);

    /** Hurts the broker in the middle of a call, and expects all results. */
    const survive = async (hurt: () => Promise<void>): Promise<void> => {
      const call = parallelMap(items, tasks.nap, { pool: cluster, chunkSize: 5 });
      await sleep(400);
      await hurt();
      assert.deepEqual(await call, items);
    };

    test('costs no item when it is killed and starts again', async () => {
      await survive(async () => {
        await server.stop('SIGKILL');
        await sleep(500);
        await server.start();
      });
    });

    test('costs no item when it comes back empty', async () => {
      await survive(async () => {
        const client = await connectRedis(server.url, 'test');
        await client.flushall();
        client.disconnect();
      });
    });
  });
});
