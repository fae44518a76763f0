import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { spawn, WorkerError } from 'telar';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { Latch } from '../harness/latch.ts';
import { Counter } from '../fixtures/spawn/counter.ts';
import { Mortal } from '../fixtures/spawn/mortal.ts';

census();

const makeTeller = () => {
  const threadId = Math.random();
  return {
    tell: (user: { id: string | number }) => ({ threadId, id: user.id }),
    die: (user: { id: string | number }) => process.exit(String(user.id).length),
  };
};

describe('several instances', () => {
  test('answer calls of one key with one object, and use all objects', async () => {
    await using group = await spawn(makeTeller, [], { instances: 3, key: ({ id }) => id });
    const ids = Array.from({ length: 60 }, (_, number) => `user ${number % 20}`);
    const told = await Promise.all(ids.map((id) => group.tell({ id })));
    const objects = new Map<unknown, number>();
    for (const { id, threadId } of told) {
      assert.equal(objects.get(id) ?? threadId, threadId);
      objects.set(id, threadId);
    }
    assert.equal(new Set(objects.values()).size, 3);
  });

  test('route numbers evenly', async () => {
    await using group = await spawn(makeTeller, [], { instances: 2, key: ({ id }) => id });
    const told = await Promise.all(Array.from({ length: 100 }, (_, id) => group.tell({ id })));
    const counts = new Map<number, number>();
    for (const { threadId } of told) counts.set(threadId, (counts.get(threadId) ?? 0) + 1);
    assert.equal(counts.size, 2);
    for (const count of counts.values()) assert.ok(count > 25, String(count));
  });

  test('take calls without a key where fewest are pending', async () => {
    const latches = [new Latch(), new Latch(), new Latch()];
    await using group = await spawn(Mortal, [], { instances: 3 });
    const waiting = latches.map(({ cells }) => group.wait(cells));
    // Each thread is held by one: no two went to the same.
    for (const latch of latches) await latch.awaitArrivals(1);
    for (const latch of latches) latch.open();
    assert.deepEqual(await Promise.all(waiting), ['passed', 'passed', 'passed']);
  });

  test('refuse a key that is none, and reject with what the key threw', async () => {
    await using group = await spawn(makeTeller, [], { instances: 2, key: (user) => user as never });
    await assert.rejects(
      group.tell({ id: 1 }),
      /Expected `key` to give text, a number or a boolean.*an object/,
    );
    await using late = await spawn(makeTeller, [], {
      instances: 2,
      key: (async () => await Promise.reject(new Error('too late'))) as never,
    });
    await assert.rejects(late.tell({ id: 1 }), /Expected `key` to give text.*got a Promise/);
    await using throwing = await spawn(makeTeller, [], {
      instances: 2,
      key: () => {
        throw new RangeError('no key');
      },
    });
    await assert.rejects(throwing.tell({ id: 1 }), /no key/);
  });

  test('set a property on each', async () => {
    await using group = await spawn(Counter, [1], { instances: 2 });
    await spawn.set(group, 'size', 10);
    assert.deepEqual(await Promise.all([group.size, group.size]), [10, 10]);
  });

  test('go on without one that has died, but for the keys of that one', async () => {
    await using group = await spawn(makeTeller, [], {
      instances: 2,
      key: ({ id }) => (id === 'any' ? undefined : id),
    });
    await catchReason(group.die({ id: 'a' }));
    assert.ok((await catchReason(group.tell({ id: 'a' }))) instanceof WorkerError);
    for (let call = 0; call < 4; call++) assert.equal((await group.tell({ id: 'any' })).id, 'any');
  });

  test('restart each for itself', async () => {
    const restarted: number[] = [];
    await using group = await spawn(makeTeller, [], {
      instances: 2,
      key: ({ id }) => id,
      restart: { backoff: 0 },
      onRestart: ({ instance }) => restarted.push(instance),
    });
    const before = await group.tell({ id: 'a' });
    await catchReason(group.die({ id: 'a' }));
    assert.notEqual((await group.tell({ id: 'a' })).threadId, before.threadId);
    assert.equal(restarted.length, 1);
  });

  test('are all closed when one cannot be made', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(4));
    class Third {
      constructor(given: Int32Array) {
        if (Atomics.add(given, 0, 1) === 2) throw new RangeError('the third');
      }
    }
    await assert.rejects(spawn(Third, [cells], { instances: 3 }), /the third/);
  });
});
