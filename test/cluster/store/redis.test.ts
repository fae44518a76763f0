import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { insist } from '../../../src/cluster/store/insist.ts';
import { openRedis } from '../../../src/cluster/store/redis/broker.ts';
import { connectRedis } from '../../../src/cluster/store/redis/connection.ts';
import { keyOf, newsOf } from '../../../src/cluster/store/redis/names.ts';
import { RedisNews } from '../../../src/cluster/store/redis/news.ts';
import { useRedis } from '../../servers/redis.ts';
import { Proxy } from '../chaos/proxy.ts';
import { describeStore } from './contract.ts';
import { chunk, KEEP } from './contract/bench.ts';

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

test('News that are asked for while a connection is being made do not break it off', async () => {
  for (let round = 0; round < 10; round++) {
    // oxlint-disable-next-line no-await-in-loop -- each on a connection of its own.
    const client = await connectRedis(server.url, 'test');
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    const news = new RedisNews(client, QUEUE);
    const heard = new Promise<void>((resolve) => {
      client.once('connect', () => void news.onCommit('new', resolve));
    });
    // oxlint-disable-next-line no-await-in-loop
    await client.connect();
    // oxlint-disable-next-line no-await-in-loop -- what is said before somebody listens is lost.
    await news.onCommit('other', () => {});
    const publisher = new Redis(server.url);
    // oxlint-disable-next-line no-await-in-loop
    await publisher.publish(newsOf(QUEUE, 'new'), '1');
    // oxlint-disable-next-line no-await-in-loop
    await heard;
    publisher.disconnect();
    client.disconnect();
    assert.deepEqual(errors, []);
  }
});

test('An answer of which a part came before the connection was lost is asked for again', async () => {
  const proxy = await Proxy.open(server.url);
  const broker = await openRedis(proxy.url, QUEUE);
  try {
    const terms = { caller: 'a', keep: KEEP, head: 'head' };
    const opened = await broker.runs.open('cut', terms);
    assert.equal(opened.kind, 'opened');
    const { epoch, next } = opened;
    await broker.runs.put('cut', { ...terms, epoch }, [chunk(next), chunk(next + 2)]);
    const numbers = [next, next + 1, next + 2, next + 3];
    // Four answers of four bytes each are cut off at these places.
    for (const bytes of [1, 4, 7, 12, 15]) {
      let cuts = 0;
      proxy.onAnswer = (piece) => (piece.includes(':1\r\n:0\r\n:1') && cuts++ === 0 ? bytes : undefined);
      // oxlint-disable-next-line no-await-in-loop -- each on a connection that is whole.
      const found = await insist(() => broker.runs.findOutstanding('cut', numbers), { limit: 10_000 });
      assert.deepEqual(found, new Set([next, next + 2]), `${bytes} bytes`);
      assert.ok(cuts > 0, `${bytes} bytes`);
    }
    await broker.runs.end('cut', epoch);
  } finally {
    await broker.close();
    await proxy.close();
  }
});
