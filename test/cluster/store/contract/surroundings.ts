import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, chunk } from './bench.ts';

/** Tests what a broker has beside its runs. */
export function testSurroundings(bench: Bench): void {
  test('commits and ends are heard of', async () => {
    const run = bench.newRun();
    const lease = await bench.openRun(run);
    const other = await bench.open();
    try {
      const heard = new Promise<void>((resolve) => void bench.broker.news.onCommit(run, resolve));
      const ended = new Promise<string>((resolve) => void bench.broker.news.onEnd(resolve));
      await bench.broker.news.onCommit(`${run}-other`, () => assert.fail('that is another run'));
      await bench.broker.runs.put(run, lease, [chunk(lease.next)]);
      // A listener of a slow broker may come late: hints may be lost, so they are given until one is heard.
      let isHeard = false;
      void heard.then(() => (isHeard = true));
      for (let n = lease.next; !isHeard; n++) {
        await other.runs.put(run, lease, [chunk(n)]);
        await other.runs.commit(run, n, Buffer.from('done'));
        await sleep(50);
      }
      await bench.broker.news.offCommit(run);
      await other.runs.end(run, lease.epoch);
      assert.equal(await ended, run);
    } finally {
      await other.close();
    }
  });

  test('nodes are known while they say that they are there', async () => {
    await bench.broker.registry.announce('n1', '{"threads":2}');
    await bench.broker.registry.announce('n2', '{"threads":4}');
    await bench.broker.registry.announce('n1', '{"threads":3}');
    assert.deepEqual((await bench.broker.registry.listNodes()).toSorted(), [
      '{"threads":3}',
      '{"threads":4}',
    ]);
    await bench.broker.registry.leave('n1');
    await bench.broker.registry.leave('n1');
    assert.deepEqual(await bench.broker.registry.listNodes(), ['{"threads":4}']);
    await bench.broker.registry.leave('n2');
  });

  test('runs are listed for operators', async () => {
    const run = bench.newRun();
    const lease = await bench.openRun(run, 'me', 'the head');
    await bench.broker.runs.put(run, lease, [chunk(lease.next), chunk(lease.next + 1)]);
    await bench.broker.runs.commit(run, lease.next, Buffer.from('done'));
    const listed = (await bench.broker.registry.listRuns()).find((state) => state.run === run);
    assert.deepEqual(listed, { run, head: 'the head', caller: 'me', outstanding: 1, done: 1 });
    await bench.broker.runs.end(run, lease.epoch);
    assert.equal(
      (await bench.broker.registry.listRuns()).find((state) => state.run === run),
      undefined,
    );
  });

  test('a run is forgotten whoever holds it, once', async () => {
    const run = bench.newRun();
    const { next, ...lease } = await bench.openRun(run);
    await bench.broker.runs.put(run, lease, [chunk(next), chunk(next + 1)]);
    await bench.broker.runs.commit(run, next, Buffer.from('done'));
    assert.equal(await bench.broker.registry.forget(run), true);
    assert.equal(await bench.broker.registry.forget(run), false);
    assert.equal(await bench.broker.runs.renew(run, lease), 'gone');
    assert.equal(await bench.broker.runs.begin(run, next + 1), undefined);
    assert.equal((await bench.broker.runs.take(run, [next])).size, 0);
    const again = await bench.openRun(run, 'b', 'another head');
    assert.ok(again.epoch > lease.epoch);
    await bench.broker.runs.end(run, again.epoch);
  });

  test('a broker that holds what it is given passes the check', async () => {
    await bench.broker.check();
  });
}
