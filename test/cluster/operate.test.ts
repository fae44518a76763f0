import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Cluster } from 'telar/cluster';
import { parallelMap, parallelMapSettled, type RunSummary } from 'telar';
import * as tasks from '../fixtures/cluster/tasks.ts';
import { until } from '../harness/latch.ts';
import { findPort } from '../../examples/servers/free-port.ts';
import { describeOnABroker } from './brokers.ts';
import { spawnNode, startNode, type TestNode } from './harness.ts';

const PROGRAM = fileURLToPath(new URL('../../bundle/cli.js', import.meta.url));
const QUEUE = 'operate';
const run = promisify(execFile);

const range = (length: number): number[] => Array.from({ length }, (_, at) => at);

interface Status {
  readonly queues: readonly {
    readonly queue: string;
    readonly nodes: readonly { readonly id: string; readonly load: { readonly items: number } }[];
    readonly versions: readonly {
      readonly waiting: number;
      readonly running: number;
      readonly threads: number;
    }[];
    readonly runs: readonly { readonly task: string; readonly outstanding: number }[];
  }[];
}

describeOnABroker('Whoever operates a cluster', (broker) => {
  let node: TestNode;
  let cluster: Cluster;
  let port: number;
  before(async () => {
    port = await findPort();
    node = await startNode({
      url: broker.url,
      queue: QUEUE,
      // A time that is longer than the timers of Node take.
      args: ['--workers', '2', '--health', String(port), '--drain', '1000h'],
    });
    cluster = new Cluster({ connection: broker.url, queue: QUEUE });
  });
  after(async () => {
    await cluster.close();
    assert.equal(await node.end(), 0, node.said);
  });

  async function ask(path: string, method = 'GET'): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: response.status, text: await response.text() };
  }

  async function status(...args: string[]): Promise<string> {
    const env = { ...process.env, TELAR_BROKER: broker.url };
    return (await run(process.execPath, [PROGRAM, 'cluster', 'status', ...args], { env })).stdout;
  }

  test('stats of a cluster count what many calls at once have there, and nothing behind them', async () => {
    assert.deepEqual(cluster.stats(), { workers: [], queued: 0, inFlight: 0, runs: 0 });
    const calls = range(12).map((call) =>
      parallelMap(
        range(6).map(() => 10 + call),
        tasks.nap,
        { pool: cluster, chunkSize: 2 },
      ),
    );
    assert.equal(cluster.stats().runs, 12);
    await until(() => cluster.stats().inFlight >= 24);
    const { workers, queued, inFlight, runs } = cluster.stats();
    assert.equal(runs, 12);
    assert.ok(queued <= inFlight && inFlight <= 72, `${queued} of ${inFlight}`);
    const [first] = workers;
    assert.deepEqual([workers.length, first?.pid, first?.threads, first?.slots], [1, node.pid, 2, 2]);
    await Promise.all(calls);
    const { workers: nodes, ...counts } = cluster.stats();
    assert.deepEqual(counts, { queued: 0, inFlight: 0, runs: 0 });
    assert.equal(nodes.length, 1);
  });

  test('they are right behind an abort, failures and a forced end as well', async () => {
    const other = new Cluster({ connection: broker.url, queue: QUEUE });
    const counts = (): unknown => ({ ...other.stats(), workers: [] });
    const none = { workers: [], queued: 0, inFlight: 0, runs: 0 };
    await parallelMapSettled(range(20), tasks.fails, { pool: other });
    assert.deepEqual(counts(), none);
    const aborted = parallelMap([60_000, 60_000], tasks.nap, {
      pool: other,
      signal: AbortSignal.timeout(300),
    });
    await assert.rejects(aborted, { name: 'TimeoutError' });
    assert.deepEqual(counts(), none);
    const call = parallelMap([60_000], tasks.nap, { pool: other });
    const rejected = assert.rejects(call, { reason: 'closed' });
    await until(() => other.stats().inFlight === 1);
    await other.close({ force: true });
    await rejected;
    assert.deepEqual(other.stats(), none);
  });

  test('a summary says how many nodes have run something', async () => {
    let summary: RunSummary | undefined;
    await parallelMap(range(50), tasks.answer, { pool: cluster, onSummary: (given) => (summary = given) });
    const { nodes, repeated, suspects, healed, items, workers } = summary as RunSummary;
    assert.deepEqual(
      { nodes, repeated, suspects, healed, items, workers },
      { nodes: 1, repeated: 0, suspects: 0, healed: 0, items: 50, workers: 2 },
    );
  });

  test('health and metrics are served on this machine alone', async () => {
    assert.match(node.said, new RegExp(`http://127\\.0\\.0\\.1:${port}/healthz and /metrics`));
    assert.deepEqual(await ask('/healthz'), { status: 200, text: 'ok\n' });
    assert.equal((await ask('/nothing')).status, 404);
    assert.equal((await ask('/metrics', 'POST')).status, 405);
    await parallelMapSettled(range(30), tasks.fails, { pool: cluster });
    const { status: code, text } = await ask('/metrics');
    assert.equal(code, 200);
    const read = (name: string): number =>
      Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
    assert.equal(read('telar_broker_up'), 1);
    assert.equal(read('telar_threads'), 2);
    assert.equal(read('telar_queue_nodes'), 1);
    assert.equal(read('telar_queue_threads'), 2);
    assert.ok(read('telar_items_total') > 0);
    assert.ok(read('telar_chunks_total') > 0);
    assert.ok(read('telar_chunk_seconds_total') > 0);
    assert.equal(read('telar_queue_seconds') >= 0, true);
    assert.match(
      text,
      /^telar_items_total\{queue="operate",version="[0-9a-f]{32}",outcome="failed"\} [1-9]/m,
    );
    // Each sample belongs to a type that was said before.
    const names = [...text.matchAll(/^([a-z_]+)(?:\{|\s)/gm)].map(([, name]) => name);
    for (const name of names) assert.match(text, new RegExp(`^# TYPE ${name} (gauge|counter)$`, 'm'));
  });

  test('status shows queues, nodes, versions and runs, as tables and as JSON', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const items = range(6).map(() => 60_000);
    const call = parallelMap(items, tasks.nap, { pool: cluster, chunkSize: 1, signal });
    const aborted = assert.rejects(call, /seen/);
    await until(() => cluster.stats().inFlight > 0);
    const [text, json] = await Promise.all([status(), status('--queue', QUEUE, '--json')]);
    assert.match(text, /Queue 'operate'/);
    assert.match(text, new RegExp(`^[0-9a-f]{8}  \\S+:${node.pid} .* [0-9]+ MB `, 'm'));
    assert.match(text, /^RUN +TASK +CALLER +OUTSTANDING/m);
    assert.match(text, /tasks#nap/);
    assert.ok(!text.includes(new URL(broker.url).password) || new URL(broker.url).password === '');
    const { queues } = JSON.parse(json) as Status;
    assert.equal(queues.length, 1);
    const [queue] = queues;
    assert.equal(queue?.nodes.length, 1);
    assert.equal(queue?.versions[0]?.threads, 2);
    assert.deepEqual(
      queue?.runs.map(({ task }) => task),
      ['tasks#nap'],
    );
    controller.abort(new Error('seen'));
    await aborted;
  });

  const skip = broker.name === 'PostgreSQL' && 'it is the same on both';
  test('a port that is taken, or no port, ends the node at once with one line', { skip }, async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port: busy } = taken.address() as { port: number };
    for (const [given, says] of [
      [String(busy), /^telar: Cannot listen at 127\.0\.0\.1:\d+ for --health: EADDRINUSE\.$/m],
      ['here', /^telar: Expected a port, or host:port, such as 9100 or 0\.0\.0\.0:9100, got 'here'\.$/m],
    ] as const) {
      const ended = spawnNode({ url: broker.url, queue: 'refused', args: ['--health', given] });
      await until(() => ended.isOver());
      assert.equal(await ended.end(), 2, ended.said);
      assert.match(ended.said, says);
    }
    await new Promise<void>((resolve) => void taken.close(() => resolve()));
  });
});
