import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { CommitEvent, HealEvent } from '../../src/cluster/channels.ts';
import { openBroker } from '../../src/cluster/connect/open-broker.ts';
import { seal } from '../../src/cluster/message/envelope.ts';
import { ClusterNode } from '../../src/cluster/node/node.ts';
import type { Broker } from '../../src/cluster/store/broker.ts';
import { connectRedis } from '../../src/cluster/store/redis/connection.ts';
import { TaskRegistry } from '../../src/cluster/tasks/registry.ts';
import { computeVersion } from '../../src/cluster/tasks/version.ts';
import { Cluster } from 'telar/cluster';
import { parallelMap, type RunSummary } from 'telar';
import * as tasks from '../fixtures/cluster/tasks.ts';
import { until } from '../harness/latch.ts';
import { inFull } from '../harness/long.ts';
import { useRedis } from '../servers/redis.ts';
import { awaitOutputs, forge, openJobs } from './forge.ts';
import { TASKS } from './harness.ts';

const QUEUE = 'channels';
const NAMES = ['begin', 'commit', 'dropped', 'suspect', 'heal'] as const;

describe('Channels of a cluster', () => {
  const server = useRedis();
  const heard: { name: string; event: CommitEvent & HealEvent }[] = [];
  const listeners = new Map(
    NAMES.map((name) => [
      `telar:cluster:${name}`,
      (event: unknown) => void heard.push({ name, event: event as CommitEvent & HealEvent }),
    ]),
  );
  let node: ClusterNode;
  let broker: Broker;
  before(async () => {
    for (const [name, listener] of listeners) subscribe(name, listener);
    const open = {
      isolate: undefined,
      memory: undefined,
      lock: undefined,
      signer: undefined,
      blobs: undefined,
    };
    const terms = {
      connection: server.url,
      queue: QUEUE,
      tasks: await TaskRegistry.load([TASKS]),
      workers: 1,
    };
    node = await ClusterNode.start({ ...terms, slots: 2, ...open });
    broker = await openBroker(server.url, QUEUE);
  });
  after(async () => {
    for (const [name, listener] of listeners) unsubscribe(name, listener);
    await broker.close();
    await node.close();
  });

  const count = (name: string): number => heard.filter((each) => each.name === name).length;

  test('tell once a chunk what a node begins and commits', async () => {
    heard.length = 0;
    await using cluster = new Cluster({ connection: server.url, queue: QUEUE });
    const items = Array.from({ length: 8 }, (_, at) => at);
    await parallelMap(items, tasks.fails, { pool: cluster, chunkSize: 2 }).catch(() => {});
    await until(() => count('commit') > 0);
    const { event } = heard.find(({ name }) => name === 'commit') as (typeof heard)[number];
    assert.deepEqual(
      { queue: event.queue, task: event.task, items: event.items, starts: event.starts, node: event.node },
      { queue: QUEUE, task: 'tasks#fails', items: 2, starts: 1, node: node.id },
    );
    assert.ok(count('begin') >= count('commit') && count('begin') <= 4);
    assert.deepEqual([count('suspect'), count('heal')], [0, 0]);
    await cluster.close();
  });

  test('tell of chunks that others had begun, or have committed', async () => {
    heard.length = 0;
    const version = await computeVersion(pathToFileURL(TASKS).href);
    const head = { v: 1, task: 'tasks#nap', version };
    const input = seal({ items: { kind: 'values', values: [400] } });
    const jobs = await openJobs(server.url, QUEUE, version);
    // A node that died has begun it.
    const suspect = await forge(broker, jobs, 'suspect', head, [input], async (number) => {
      await broker.runs.begin('suspect', number);
    });
    await awaitOutputs(broker, 'suspect', suspect);
    await until(() => count('commit') === 1);
    assert.deepEqual(
      heard.map(({ name, event }) => [name, event.starts]),
      [
        ['begin', 2],
        ['suspect', 2],
        ['commit', 2],
      ],
    );
    const [late] = await forge(broker, jobs, 'late', head, [input]);
    await until(() => count('begin') === 2);
    assert.equal(await broker.runs.commit('late', late as number, seal({ pieces: [], strays: [] })), true);
    await until(() => count('dropped') === 1);
    assert.equal(count('commit'), 1);
    await jobs.close();
  });

  test('tell what a caller puts into a broker that has lost it, as its summary does', inFull, async () => {
    heard.length = 0;
    await using cluster = new Cluster({ connection: server.url, queue: QUEUE });
    let summary: RunSummary | undefined;
    const items = Array.from({ length: 6 }, () => 300);
    const call = parallelMap(items, tasks.nap, {
      pool: cluster,
      chunkSize: 1,
      onSummary: (given) => (summary = given),
    });
    await until(() => count('begin') > 0);
    const client = await connectRedis(server.url, 'test');
    await client.flushall();
    client.disconnect();
    assert.deepEqual(await call, items);
    const healed = heard.filter(({ name }) => name === 'heal').flatMap(({ event }) => event.chunks);
    assert.ok(healed.length > 0);
    assert.equal(summary?.healed, healed.length);
    await cluster.close();
  });
});
