import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parallelMap, spawn } from 'telar';
import { AtomicCounter } from 'telar/memory';
import { census } from '../census.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool({ workers: 3 });

describe('AtomicCounter', () => {
  it('loses no step of any thread', async () => {
    const counter = new AtomicCounter(5);
    const count = (step: number): void => {
      for (let turn = 0; turn < 1000; turn++) counter.add(step);
    };
    const steps = Array.from({ length: 30 }, (_, at) => at - 10);
    await parallelMap(steps, count, { pool, chunkSize: 1 });
    assert.equal(counter.value, 5 + 1000 * steps.reduce((sum, step) => sum + step));
  });

  it('gives what it was, and what it is then', () => {
    const counter = new AtomicCounter();
    assert.equal(counter.add(), 1);
    assert.equal(counter.add(2 ** 52), 2 ** 52 + 1);
    assert.equal(counter.exchange(-3), 2 ** 52 + 1);
    assert.equal(counter.value, -3);
  });

  it('is the same one within items, results, closures, calls within calls and objects on threads', async () => {
    const counter = new AtomicCounter();
    const items = [1, 2, 3].map((step) => ({ step, deep: new Map([['counters', [counter]]]) }));
    const results = await parallelMap(
      items,
      async ({ step, deep }) => {
        const [own] = deep.get('counters') ?? [];
        await parallelMap([0], () => own?.add(step));
        return { own, same: own };
      },
      { pool },
    );
    assert.equal(counter.value, 6);
    for (const { own, same } of results) {
      assert.ok(own instanceof AtomicCounter);
      assert.equal(own, same);
      own.add(10);
    }
    const remote = await spawn(() => ({ add: (own: AtomicCounter) => (own.add(100), own) }));
    try {
      const back = await remote.add(counter);
      assert.ok(back instanceof AtomicCounter);
      assert.equal(back.value, 136);
    } finally {
      await spawn.close(remote);
    }
    assert.equal(counter.value, 136);
    assert.deepEqual(
      items.map(({ deep }) => deep.get('counters')?.[0] === counter),
      [true, true, true],
      'items are left as they are',
    );
  });

  it('crosses in circles, and beside a result that cannot be cloned', async () => {
    const counter = new AtomicCounter(7);
    const circle: { counter: AtomicCounter; self?: unknown } = { counter };
    circle.self = circle;
    const read = (item: typeof circle): unknown =>
      item.self === item && item.counter.value === 7 ? [item.counter, new Set([item])] : 'lost';
    const [result] = (await parallelMap([circle], read, { pool })) as [[AtomicCounter, Set<typeof circle>]];
    assert.equal(result[0].value, 7);
    assert.ok([...result[1]].every((item) => item.self === item && item.counter === result[0]));
    const both = parallelMap([0, 1], (at) => (at === 0 ? counter : () => at), { pool, chunkSize: 2 });
    await assert.rejects(both, { name: 'CloneError', index: 1 });
  });

  it('refuses what is no whole number', () => {
    const counter = new AtomicCounter();
    assert.throws(() => counter.add(0.5), {
      name: 'RangeError',
      message: /whole number of at most 2 \*\* 53, got the number 0\.5/,
    });
    assert.throws(() => new AtomicCounter('1' as never), { name: 'TypeError' });
  });
});
