import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Cluster, ClusterError } from '../../../src/entries/cluster.ts';
import {
  CaptureError,
  CloneError,
  parallelMap,
  parallelMapIterable,
  run,
  TaskError,
  TaskTimeoutError,
  WorkerError,
} from '../../../src/index.ts';
import { attemptBelow, failUntilAttempt, readStore, readStoreLater } from '../../fixtures/tasks/below.ts';
import { add, addLater, countTo, failAs, list } from '../../fixtures/tasks/called.ts';
import { answer, nap } from '../../fixtures/cluster/tasks.ts';
import { catchReason } from '../../harness/collect.ts';
import { inFull } from '../../harness/long.ts';
import type { TestBroker } from '../brokers.ts';

/** Modules that the node of these tests is started with, beside its own. */
export const MODULES: readonly string[] = ['called', 'below'].flatMap((name) => [
  '--tasks',
  fileURLToPath(new URL(`../../fixtures/tasks/${name}.js`, import.meta.url)),
]);

/** Tests single calls of functions on nodes, and the value that calls give to their tasks. */
export function testRuns(broker: TestBroker, queue: string, cluster: () => Cluster): void {
  const once = broker.name === 'Redis' ? {} : inFull;

  test('`run` calls a function with its arguments, and gives what threads give', async () => {
    assert.equal(await cluster().run(add, [1, 2]), 3);
    assert.equal(await run(add, [1], { pool: cluster() }), 2);
    assert.deepEqual(await cluster().run(list, [{ a: 1n }, 'b', undefined, null]), {
      count: 4,
      args: [{ a: 1n }, 'b', undefined, null],
    });
    assert.equal(await cluster().run(addLater, [1, 2]), 3);
    const many = Array.from({ length: 200 }, (_, n) => cluster().run(countTo, [n % 7]));
    const wanted = many.map((_, n) => [0, 1, 2, 3].slice(0, n % 7));
    assert.deepEqual(await Promise.all(many), wanted);
  });

  test('`run` fails, tries again and ends as on threads, each call by itself', async () => {
    const failing = (how: string): Promise<unknown> => catchReason(cluster().run(failAs, [how, 7]));
    const thrown = (await failing('throw')) as TaskError;
    assert.ok(thrown instanceof TaskError);
    assert.equal((thrown.cause as { code?: string }).code, 'E_NO');
    assert.match(thrown.stack ?? '', /run-calls/);
    assert.ok((await failing('exit')) instanceof WorkerError);
    const late = catchReason(cluster().run(failAs, ['loop', 1], { timeout: 300 }));
    assert.ok((await late) instanceof TaskTimeoutError);
    assert.equal(await cluster().run(failUntilAttempt, [3], { retries: { retries: 2, delay: 1 } }), 3);
    assert.equal(await cluster().run(attemptBelow, []), 1);
    assert.ok((await catchReason(cluster().run(list, [() => 1]))) instanceof CloneError);
    const controller = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 200);
    const ended = catchReason(cluster().run(nap, [60_000], { signal: controller.signal }));
    assert.equal(await ended, reason);
    // The node is free again after the call that was aborted.
    assert.equal(await cluster().run(answer, [3]), answer(3));
  });

  test('`run` refuses what it cannot do, and says so for each call', once, async () => {
    const twice = (n: number): number => 2 * n;
    assert.ok((await catchReason(cluster().run(twice, [1]))) instanceof CaptureError);
    await using lonely = new Cluster({ connection: broker.url, queue: 'nobody', waitForNodes: 100 });
    const refused = await Promise.all([1, 2].map((n) => catchReason(lonely.run(add, [n]))));
    for (const reason of refused) {
      assert.ok(reason instanceof ClusterError);
      assert.equal(reason.reason, 'no-node');
      assert.match(reason.stack ?? '', /run-calls/);
    }
    assert.notEqual(refused[0], refused[1]);
    const other = new Cluster({ connection: broker.url, queue });
    const cut = catchReason(other.run(nap, [60_000]));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await other.close({ force: true });
    const closed = await cut;
    assert.ok(closed instanceof WorkerError && closed.reason === 'closed');
    assert.match(String(await catchReason(other.run(add, [1]))), /closed/);
  });

  test('the store of a call travels as data, as it was, and is of its own call', once, async () => {
    const store = { user: 'ada', rights: new Set(['read']), bytes: Uint8Array.of(1, 2), since: new Date(0) };
    assert.equal(await cluster().run(readStore, ['user'], { store }), 'ada');
    assert.deepEqual(await cluster().run(readStore, [], { store }), store);
    assert.deepEqual(await parallelMap(['rights', 'bytes'], readStoreLater, { pool: cluster(), store }), [
      store.rights,
      store.bytes,
    ]);
    for await (const found of parallelMapIterable(['since'], readStore, { pool: cluster(), store }))
      assert.deepEqual(found, store.since);
    const calls = Array.from({ length: 30 }, (_, n) =>
      cluster().run(readStoreLater, ['n'], n % 3 === 0 ? {} : { store: { n } }),
    );
    assert.deepEqual(
      await Promise.all(calls),
      calls.map((_, n) => (n % 3 === 0 ? undefined : n)),
    );
    const changing = { n: 1 };
    const first = cluster().run(readStore, ['n'], { store: changing });
    changing.n = 2;
    assert.equal(await first, 1);
    class Point {
      x = 1;
    }
    for (const value of [
      { f: () => 1 },
      { deep: [new Point()] },
      new SharedArrayBuffer(4),
      Symbol.iterator,
    ]) {
      const reason = await catchReason(cluster().run(readStore, [], { store: value }));
      assert.ok(reason instanceof CaptureError, String(reason));
      assert.match(reason.message, /`store`/);
    }
  });
}
