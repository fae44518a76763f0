import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { parallelMap, parallelMapIterable, pipeline, Pool, WorkerError } from 'telar';
import { census } from '../census.ts';
import { add, failAs, hold } from '../fixtures/tasks/called.ts';
import { catchReason } from '../harness/collect.ts';

census();

/** Fills the workers of a pool with calls that wait until they are let go. */
async function fill(pool: Pool): Promise<{ readonly calls: Promise<unknown>[]; readonly letGo: () => void }> {
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const calls = Array.from({ length: pool.workers }, () => pool.run(hold, [cells]));
  while (Atomics.load(cells, 0) < pool.workers) await new Promise(setImmediate);
  const letGo = (): void => {
    Atomics.store(cells, 1, 1);
    Atomics.notify(cells, 1);
  };
  return { calls, letGo };
}

async function isRefused(call: Promise<unknown>): Promise<boolean> {
  const reason = await catchReason(call);
  assert.ok(reason instanceof WorkerError, String(reason));
  assert.match(String(reason.stack?.split('\n')[1]), /queue\.test\.js/);
  return reason.reason === 'full';
}

describe('a pool with maxQueue', () => {
  it('runs as many calls as it has workers, lets so many more wait, and refuses the rest at once', async () => {
    await using pool = new Pool({ workers: 2, maxQueue: 3 });
    const { calls, letGo } = await fill(pool);
    const waiting = [1, 2, 3].map((n) => pool.run(add, [n]));
    assert.ok(await isRefused(pool.run(add, [4])));
    assert.ok(await isRefused(pool.run((n: number) => n, [4], { signal: AbortSignal.timeout(10_000) })));
    assert.ok(await isRefused(parallelMap([1, 2], (n) => n, { pool })));
    letGo();
    assert.deepEqual(await Promise.all(waiting), [2, 3, 4]);
    await Promise.all(calls);
    assert.equal(await pool.run(add, [4]), 5);
  });

  it('counts a call over items as one, from its begin to its end, however it ends', async () => {
    await using pool = new Pool({ workers: 1, maxQueue: 0 });
    for (let round = 0; round < 3; round++) {
      const map = parallelMap([1, 2, 3], (n) => n, { pool });
      assert.ok(await isRefused(pool.run(add, [1])));
      assert.deepEqual(await map, [1, 2, 3]);
      await catchReason(pool.run(failAs, ['throw', 1]));
      await catchReason(pool.run(failAs, ['exit', 1]));
      await catchReason(pool.run(add, [1], { signal: AbortSignal.abort() }));
      await catchReason(pool.run(() => round++, []));
      await catchReason(parallelMap([1], () => round++, { pool }));
      for await (const _ of parallelMapIterable([1, 2, 3], (n) => n, { pool })) break;
      assert.equal(await pool.run(add, [1]), 2);
    }
  });

  it('closes the input of a call that it refuses', async () => {
    await using pool = new Pool({ workers: 1, maxQueue: 0 });
    const { calls, letGo } = await fill(pool);
    const input = Readable.from([1, 2, 3]);
    assert.ok(await isRefused(parallelMap(input, (n: number) => n, { pool })));
    assert.ok(input.destroyed);
    letGo();
    await Promise.all(calls);
  });

  it('neither counts nor refuses pipelines', async () => {
    await using pool = new Pool({ workers: 1, maxQueue: 0 });
    const { calls, letGo } = await fill(pool);
    const stages = pipeline([1, 2])
      .cpu((n) => n + 1)
      .io((n) => n)
      .cpu((n) => n + 1);
    const running = stages.toArray({ pool });
    letGo();
    assert.deepEqual(await running, [3, 4]);
    await Promise.all(calls);
  });

  it('takes any whole number from 0', () => {
    assert.throws(() => new Pool({ maxQueue: -1 }), /Expected `maxQueue` to be a whole number from 0, got/);
    assert.throws(() => new Pool({ maxQueue: '1' as never }), TypeError);
  });
});

describe('stats of a pool', () => {
  it('count calls that no worker has yet', async () => {
    await using pool = new Pool({ workers: 1 });
    const { calls, letGo } = await fill(pool);
    const waiting = Array.from({ length: 1000 }, (_, n) => pool.run(add, [n]));
    await new Promise(setImmediate);
    const { queued, inFlight } = pool.stats();
    assert.deepEqual([queued, inFlight], [1000, 1001]);
    letGo();
    assert.deepEqual(
      await Promise.all(waiting),
      waiting.map((_, n) => n + 1),
    );
    await Promise.all(calls);
    assert.deepEqual([pool.stats().queued, pool.stats().inFlight], [0, 0]);
  });
});
