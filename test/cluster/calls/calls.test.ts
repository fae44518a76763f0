import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBroker } from '../../../src/cluster/connect/open-broker.ts';
import { Cluster, ClusterError } from '../../../src/entries/cluster.ts';
import {
  CaptureError,
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  Pool,
  TaskError,
  TaskTimeoutError,
  WorkerError,
} from '../../../src/index.ts';
import * as tasks from '../../fixtures/cluster/tasks.ts';
import { catchReason } from '../../harness/collect.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { inFull, sample } from '../../harness/long.ts';
import { runAtOnce } from '../../model/group.ts';
import { drawGroup } from '../model/programs.ts';
import { MODEL } from '../model/test-cluster.ts';
import { describeOnABroker } from '../brokers.ts';
import { startNode, type TestNode } from '../harness.ts';
import { MODULES, testRuns } from './run-calls.ts';

const QUEUE = 'calls';
/** Seed of a group of programs; `npm run test:all -- cluster/model/model` runs many. */
const SEED = 3;

const range = (length: number): number[] => Array.from({ length }, (_, at) => at);

describeOnABroker('Calls on a cluster', (broker) => {
  let node: TestNode;
  let cluster: Cluster;
  before(async () => {
    node = await startNode({ url: broker.url, queue: QUEUE, args: [...MODULES, ...MODEL] });
    cluster = new Cluster({ connection: broker.url, queue: QUEUE });
  });
  after(async () => {
    await cluster.close();
    assert.equal(await node.end(), 0, node.said);
  });

  // What a call sends and gets is the same on both brokers, and the contract of their stores has tests of its own.
  const once = broker.name === 'Redis' ? {} : inFull;

  test('results come in order, also when there are many', async () => {
    assert.deepEqual(await parallelMap([5], tasks.answer, { pool: cluster }), [tasks.answer(5)]);
    assert.deepEqual(await parallelMap([], tasks.answer, { pool: cluster }), []);
    const items = range(sample(5000, 20_000));
    assert.deepEqual(await parallelMap(items, tasks.answer, { pool: cluster }), items.map(tasks.answer));
    assert.deepEqual(
      await parallelMap(Float64Array.from(items), tasks.answer, { pool: cluster }),
      items.map(tasks.answer),
    );
  });

  test('an iterable is read as its reader goes on, and left', once, async () => {
    let pulled = 0;
    let isClosed = false;
    async function* source(): AsyncGenerator<number> {
      try {
        for (;;) yield pulled++;
      } finally {
        isClosed = true;
      }
    }
    const seen: number[] = [];
    for await (const value of parallelMapIterable(source(), tasks.answer, { pool: cluster })) {
      seen.push(value);
      if (seen.length === 1000) break;
    }
    assert.deepEqual(seen, range(1000).map(tasks.answer));
    assert.equal(isClosed, true);
  });

  test('values of every kind arrive as from threads', once, async () => {
    await using pool = new Pool({ workers: 1 });
    const values = [
      1,
      'text',
      undefined,
      null,
      10n ** 30n,
      new Date(5),
      new Map([[{ a: 1 }, new Set([2])]]),
      Buffer.from('bytes'),
      new Uint16Array([1, 2, 70_000]),
      /x/gu,
      new RangeError('thrown'),
      { __proto__: null, nested: [{ deep: Number.NaN }] },
      JSON.parse('{"__proto__": {"polluted": true}}'),
      new URL('https://example.com/?a=1'),
    ];
    const here = await parallelMap(values, tasks.echo, { pool });
    assert.deepEqual(await parallelMap(values, tasks.echo, { pool: cluster }), here);
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  });

  test('failures, tries and what is skipped are those of threads', once, async () => {
    await using pool = new Pool({ workers: 2 });
    const both = async <R>(run: (on: Pool | Cluster) => Promise<R>): Promise<void> => {
      assert.deepEqual(await run(cluster), await run(pool));
    };
    await both(async (on) => (await parallelMapSettled(range(30), tasks.fails, { pool: on })).map(describe));
    await both(async (on) => await parallelMap(range(20), tasks.several, { pool: on }));
    await both(
      async (on) =>
        await parallelMap(range(12), tasks.flaky, { pool: on, retries: { retries: 2, delay: 1 } }),
    );
    await both(async (on) => await parallelMap(['a', 'b'], tasks.describe, { pool: on }));
    await assert.rejects(parallelMap([1, 2, 14], tasks.fails, { pool: cluster }), (error: unknown) => {
      assert.ok(error instanceof TaskError);
      assert.equal(error.index, 2);
      assert.ok(error.cause instanceof RangeError);
      assert.match(error.stack ?? '', /calls\.test/);
      return true;
    });
  });

  test('an item that ends its worker, or takes too long, fails alone', async () => {
    const exited = await parallelMapSettled(range(20), tasks.exits, { pool: cluster });
    exited.forEach((outcome, item) => {
      assert.equal(outcome.status, item === 13 ? 'rejected' : 'fulfilled');
      if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof WorkerError);
    });
    const late = await parallelMapSettled(range(6), tasks.loops, { pool: cluster, timeout: 300 });
    late.forEach((outcome, item) => {
      assert.equal(outcome.status, item === 3 ? 'rejected' : 'fulfilled');
      if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof TaskTimeoutError);
    });
  });

  test('an abort ends a call at once, and the nodes soon', async () => {
    const controller = new AbortController();
    const call = parallelMap(
      Array.from({ length: 8 }, () => 60_000),
      tasks.nap,
      {
        pool: cluster,
        signal: controller.signal,
      },
    );
    setTimeout(() => controller.abort(new Error('enough')), 300);
    await assert.rejects(call, /enough/);
    // The node is free again: its workers are not held by what was aborted.
    assert.deepEqual(await parallelMap([1], tasks.answer, { pool: cluster }), [tasks.answer(1)]);
  });

  test('a call that is aborted while it is opened leaves nothing at the broker', async () => {
    const opened = await openBroker(broker.url, QUEUE);
    let left: unknown[] = [];
    for (let ms = 0; ms < 20; ms++) {
      // oxlint-disable-next-line no-await-in-loop -- each is aborted at another moment.
      await parallelMap([60_000], tasks.nap, { pool: cluster, signal: AbortSignal.timeout(ms) }).catch(
        () => {},
      );
    }
    // The end is said behind the caller's back.
    for (let tries = 0; tries < 200; tries++) {
      // oxlint-disable-next-line no-await-in-loop -- it is looked until nothing is left.
      left = await opened.registry.listRuns();
      if (left.length === 0) break;
      // oxlint-disable-next-line no-await-in-loop -- it is looked until nothing is left.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await opened.close();
    assert.deepEqual(left, []);
  });

  test('many calls share a cluster', once, async () => {
    const calls = range(20).map(async (at) => {
      const items = range(50 + at);
      assert.deepEqual(await parallelMap(items, tasks.answer, { pool: cluster }), items.map(tasks.answer));
    });
    await Promise.all(calls);
  });

  test('an item that does not cross is told by its name', once, async () => {
    const outcomes = await parallelMapSettled([1, () => {}, 3], tasks.echo as never, { pool: cluster });
    assert.deepEqual(outcomes.map(describe), ['fulfilled 1', 'rejected CloneError', 'fulfilled 3']);
  });

  test('what nodes do not have is refused', once, async () => {
    const twice = (item: number): number => item * 2;
    const refused = async (task: (item: number) => number): Promise<CaptureError> => {
      const reason = await catchReason(parallelMap([1], task, { pool: cluster }));
      assert.ok(reason instanceof CaptureError);
      return reason;
    };
    assert.equal((await refused(twice)).path, 'twice');
    const nameless = await refused((item) => item * 2);
    assert.equal(nameless.path, 'task');
    assert.match(nameless.message, /^A function cannot travel to other machines: it is no export/);
    await using other = new Cluster({ connection: broker.url, queue: QUEUE, build: 'v2', waitForNodes: 100 });
    await assert.rejects(parallelMap([1], tasks.answer, { pool: other }), (error: unknown) => {
      assert.ok(error instanceof ClusterError);
      assert.equal(error.reason, 'no-node');
      assert.match(
        error.message,
        /1 node has tasks#answer in version [0-9a-f]{32}, and this program has version v2/,
      );
      return true;
    });
    await using lonely = new Cluster({ connection: broker.url, queue: 'nobody', waitForNodes: 100 });
    await assert.rejects(parallelMap([1], tasks.answer, { pool: lonely }), /no node is there/);
  });

  testRuns(broker, QUEUE, () => cluster);

  test('random programs end as a plain loop does', once, async () => {
    const folder = await makeFolder('model');
    let runs = 0;
    const ground = {
      pools: [{ pool: cluster, isolate: 'thread' as const }],
      folder,
      nameRun: () => `model-${runs++}`,
    };
    const { programs } = drawGroup(SEED, 0);
    assert.deepEqual(await runAtOnce(programs, ground), []);
    assert.ok(programs.length > 5);
    await removeFolder(folder);
  });

  test('a closed cluster takes no calls; a forced end rejects those that run', async () => {
    const other = new Cluster({ connection: broker.url, queue: QUEUE });
    const call = parallelMap([60_000], tasks.nap, { pool: other });
    const rejected = assert.rejects(
      call,
      (error: unknown) => error instanceof WorkerError && error.reason === 'closed',
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await other.close({ force: true });
    await rejected;
    await assert.rejects(parallelMap([1], tasks.answer, { pool: other }), /closed/);
    await other.close();
  });
});

function describe(outcome: { status: string; value?: unknown; reason?: Error; attempts?: number }): string {
  const { status, value, reason } = outcome;
  return `${status} ${status === 'fulfilled' ? String(value) : `${reason?.name}`}`;
}
