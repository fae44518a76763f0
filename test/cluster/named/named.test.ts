import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, ClusterError } from 'telar/cluster';
import { parallelMap, parallelMapIterable, parallelMapSettled, Pool, TaskError } from 'telar';
import { KeptBytes } from '../../../src/cluster/caller/named/kept-bytes.ts';
import { openBroker } from '../../../src/cluster/connect/open-broker.ts';
import { LEASE } from '../../../src/cluster/store/store.ts';
import type { RunState } from '../../../src/cluster/store/broker.ts';
import * as tasks from '../../fixtures/cluster/tasks.ts';
import { isLong } from '../../harness/long.ts';
import { describeOnABroker } from '../brokers.ts';
import { startNode, type TestNode } from '../harness.ts';

const QUEUE = 'named';

const range = (length: number): number[] => Array.from({ length }, (_, at) => at);

describeOnABroker('A run with a name', (broker) => {
  let node: TestNode;
  let cluster: Cluster;
  before(async () => {
    node = await startNode({ url: broker.url, queue: QUEUE, args: ['--lock', '2s'] });
    cluster = new Cluster({ connection: broker.url, queue: QUEUE });
  });
  after(async () => {
    await cluster.close();
    await node.end('SIGKILL');
  });

  const listRuns = async (queue: string = QUEUE): Promise<RunState[]> => {
    const opened = await openBroker(broker.url, queue);
    try {
      return await opened.registry.listRuns();
    } finally {
      await opened.close();
    }
  };

  /** Leaves a run behind of which some items have outcomes. */
  const leave = async (runId: string, items: readonly number[]): Promise<number> => {
    let count = 0;
    const options = { pool: cluster, runId, chunkSize: 10 };
    for await (const value of parallelMapIterable(items, tasks.answer, options)) {
      assert.equal(value, tasks.answer(items[count++] as number));
      if (count === 35) break;
    }
    return count;
  };

  const isMismatch = (text: RegExp) => (error: unknown) => {
    assert.ok(error instanceof ClusterError, String(error));
    assert.equal(error.reason, 'mismatch');
    assert.match(error.message, text);
    assert.match(error.message, /cluster forget/);
    return true;
  };

  test('that was left goes on where it was, and is gone once it resolves', async () => {
    await leave('left', range(100));
    const [run] = await listRuns();
    assert.equal(run?.run, 'left');
    assert.equal(run.caller, undefined);
    assert.equal(run.outstanding, 0);
    assert.ok(run.done >= 3, `${run.done} chunks`);
    const results: number[] = [];
    const options = { pool: cluster, runId: 'left', chunkSize: 10 };
    for await (const value of parallelMapIterable(range(100), tasks.answer, options)) results.push(value);
    assert.deepEqual(results, range(100).map(tasks.answer));
    assert.deepEqual(await listRuns(), []);
  });

  test('is refused with another task, other items or options', async () => {
    await leave('other', range(100));
    const options = { pool: cluster, runId: 'other', chunkSize: 10 };
    const drain = async (call: AsyncIterable<unknown>): Promise<void> => {
      for await (const value of call) void value;
    };
    const changed = range(100).with(12, -1);
    await assert.rejects(drain(parallelMapIterable(changed, tasks.answer, options)), isMismatch(/index 12/));
    await assert.rejects(
      drain(parallelMapIterable(range(99), tasks.answer, options)),
      isMismatch(/another input \(Array of 100 items then, Array of 99 items now\)/),
    );
    await assert.rejects(
      drain(parallelMapIterable(range(100), tasks.echo, options)),
      isMismatch(/another task/),
    );
    await assert.rejects(
      parallelMapSettled(range(100), tasks.answer, options),
      isMismatch(/another options \(results then, settled now\)/),
    );
    // The refused calls have changed nothing.
    assert.deepEqual(await parallelMap(range(100), tasks.answer, options), range(100).map(tasks.answer));
    assert.deepEqual(await listRuns(), []);
  });

  test('of an iterable is refused when that ends too early', async () => {
    const give = (count: number): Iterable<number> => range(count).values();
    const options = { pool: cluster, runId: 'short', chunkSize: 10 };
    let count = 0;
    for await (const value of parallelMapIterable(give(100), tasks.answer, options)) {
      void value;
      if (++count === 35) break;
    }
    await assert.rejects(parallelMap(give(15), tasks.answer, options), isMismatch(/the input has 15/));
    assert.equal((await parallelMap(give(100), tasks.answer, options)).length, 100);
  });

  test('that has failed tries what has failed, and nothing else, again', async () => {
    const options = { pool: cluster, runId: 'failed', chunkSize: 5 };
    const items = [1, 2, 3, 4, 5, 6, 8, 9, 14, 15, 16, 17];
    await assert.rejects(parallelMap(items, tasks.fails, options), (error: unknown) => {
      assert.ok(error instanceof TaskError);
      assert.equal(error.index, 8);
      return true;
    });
    await assert.rejects(parallelMap(items, tasks.fails, options), TaskError);
    assert.equal((await listRuns()).length, 1);
    const retried = { ...options, runId: 'flaky', retries: 2 };
    assert.deepEqual(await parallelMap(range(30), tasks.flaky, retried), range(30));
    const settled = await parallelMapSettled(items, tasks.fails, { ...options, runId: 'settled' });
    assert.equal(settled.filter(({ status }) => status === 'rejected').length, 1);
    assert.deepEqual(
      (await listRuns()).map(({ run }) => run),
      ['failed'],
      'a run that resolves is over, whatever has failed in it',
    );
    const opened = await openBroker(broker.url, QUEUE);
    assert.equal(await opened.registry.forget('failed'), true);
    await opened.close();
    assert.deepEqual(await listRuns(), []);
  });

  // The test takes as long as a lease, on each broker.
  test('is held by one caller at a time', { skip: !isLong }, async () => {
    const controller = new AbortController();
    const options = { pool: cluster, runId: 'held' };
    const first = parallelMap([30_000], tasks.nap, { ...options, signal: controller.signal });
    const ended = assert.rejects(first, /enough/);
    while ((await listRuns()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await using other = new Cluster({ connection: broker.url, queue: QUEUE });
    const second = parallelMap([30_000], tasks.nap, { pool: other, runId: 'held' });
    await assert.rejects(
      second,
      (error: unknown) => error instanceof ClusterError && error.reason === 'in-use',
    );
    controller.abort(new Error('enough'));
    await ended;
  });

  // The test takes longer than a lease, on each broker.
  test('is held while its caller waits for nodes', { skip: !isLong }, async () => {
    const queue = 'named-waiting';
    const only = await startNode({ url: broker.url, queue });
    await using waiting = new Cluster({ connection: broker.url, queue, waitForNodes: 10 * LEASE });
    const controller = new AbortController();
    const options = { pool: waiting, runId: 'waiting', signal: controller.signal };
    const ended = assert.rejects(parallelMap([10 * LEASE], tasks.nap, options), /enough/);
    while ((await listRuns(queue)).length === 0) await sleep(50);
    await only.end();
    await sleep(1.2 * LEASE);
    const [run] = await listRuns(queue);
    assert.notEqual(run?.caller, undefined);
    controller.abort(new Error('enough'));
    await ended;
  });

  test('needs a cluster, and a name that keys can have', async () => {
    await using pool = new Pool({ workers: 1 });
    const needsCluster = { name: 'TypeError', message: /Cluster/ };
    await assert.rejects(parallelMap([1], tasks.answer, { runId: 'a' }), needsCluster);
    await assert.rejects(parallelMap([1], tasks.answer, { runId: 'a', pool }), needsCluster);
    await assert.rejects(parallelMap([1], tasks.answer, { keep: 5, pool: cluster }), /`runId`/);
    await assert.rejects(parallelMap([1], tasks.answer, { runId: 'a b', pool: cluster }), /1 to 64 letters/);
  });
});

test('A run whose outcomes are more than 1 GB is warned of, once', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const kept = new KeptBytes('nightly');
  for (const megabytes of [600, 400, 100, 600, 2000]) kept.add(megabytes * 1024 ** 2);
  await new Promise(setImmediate);
  process.off('warning', note);
  assert.deepEqual(
    warnings.map(({ name }) => name),
    ['TelarClusterWarning'],
  );
  assert.match(String(warnings[0]), /more than 1 GB of outcomes for the run 'nightly'/);
});
