import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBroker } from '../../src/cluster/connect/open-broker.ts';
import { Cluster, ClusterError } from 'telar/cluster';
import { parallelMap, parallelMapIterable } from 'telar';
import { answer, fails } from '../fixtures/cluster/tasks.ts';
import { catchReason } from '../harness/collect.ts';
import { useRedis } from '../servers/redis.ts';
import { startNode, type TestNode } from './harness.ts';

const QUEUE = 'shards';
const range = (length: number): number[] => Array.from({ length }, (_, at) => at);

describe('A cluster of two brokers', () => {
  const servers = [useRedis(), useRedis()];
  let nodes: TestNode[];
  const urls = (): string[] => servers.map(({ url }) => url);
  const open = (connection: readonly string[] = urls()): Cluster =>
    new Cluster({ connection, queue: QUEUE, waitForNodes: 2000, brokerTimeout: 3000 });
  before(async () => {
    nodes = await Promise.all(
      urls().map((url) => startNode({ url, queue: QUEUE, args: ['--workers', '1'] })),
    );
  });
  after(async () => await Promise.all(nodes.map((node) => node.end('SIGKILL'))));

  test('gives calls to them in turns, and sums up their nodes', async () => {
    await using cluster = open();
    const calls = range(10).map((at) => parallelMap(range(at + 20), answer, { pool: cluster }));
    assert.deepEqual(
      await Promise.all(calls),
      calls.map((_, at) => range(at + 20).map(answer)),
    );
    assert.equal(cluster.workers, 2);
    assert.deepEqual(
      new Set(cluster.stats().workers.map(({ pid }) => pid)),
      new Set(nodes.map(({ pid }) => pid)),
    );
    const single = range(40).map((at) => cluster.run(answer, [at]));
    assert.deepEqual(await Promise.all(single), range(40).map(answer));
  });

  test('goes on with a named run where it was begun', async () => {
    for (const runId of ['one', 'two', 'three', 'four']) {
      // oxlint-disable-next-line no-await-in-loop -- one run after the other.
      await leave(runId);
      await using next = open();
      const items = [1, 2, 3, 8, 9];
      // oxlint-disable-next-line no-await-in-loop -- one run comes after the other.
      assert.deepEqual(await parallelMap(items, fails, { pool: next, runId, chunkSize: 1 }), items);
      for (const url of urls()) {
        // oxlint-disable-next-line no-await-in-loop -- one broker is looked into after the other.
        const broker = await openBroker(url, QUEUE);
        // oxlint-disable-next-line no-await-in-loop -- one broker is looked into after the other.
        assert.deepEqual(await broker.registry.listRuns(), []);
        // oxlint-disable-next-line no-await-in-loop -- one broker is looked into after the other.
        await broker.close();
      }
    }

    async function leave(runId: string): Promise<void> {
      await using first = open();
      const options = { pool: first, runId, chunkSize: 1 };
      for await (const value of parallelMapIterable([1, 2, 3, 8, 9], fails, options)) if (value === 2) break;
    }
  });

  test('goes on with one of them where the other is gone, but for named runs of that', async () => {
    await servers[1]?.stop();
    try {
      await using cluster = open();
      const calls = range(4).map(() => parallelMap(range(30), answer, { pool: cluster }));
      for (const results of await Promise.all(calls)) assert.deepEqual(results, range(30).map(answer));
      const named = range(6).map((at) =>
        catchReason(parallelMap([at], answer, { pool: cluster, runId: `named-${at}` })).catch(
          () => undefined,
        ),
      );
      const reasons = (await Promise.all(named)).filter((reason) => reason !== undefined);
      assert.ok(reasons.length > 0 && reasons.length < 6, `${reasons.length} of 6`);
      for (const reason of reasons) assert.ok(reason instanceof ClusterError && reason.reason === 'broker');
    } finally {
      await servers[1]?.start();
    }
  });

  test('refuses a list that is none', () => {
    const says = { name: 'TypeError', message: /Expected `connection` to list brokers, each once/ };
    assert.throws(() => open([]), says);
    assert.throws(() => open([urls()[0] as string, urls()[0] as string]), says);
    assert.throws(() => open([urls()[0] as string, 'amqp://host']), /to be a URL that begins with redis/);
  });
});
