import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CloneError, spawn, transfer } from 'telar';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { Counter } from '../fixtures/spawn/counter.ts';

census();

describe('a call on a spawned object', () => {
  test('begins in the order in which it was made', async () => {
    await using counter = await spawn(Counter);
    const sums = await Promise.all([counter.add(1), counter.add(2), counter.add(3)]);
    assert.deepEqual(sums, [1, 3, 6]);
    assert.deepEqual(await counter.log, [1, 2, 3]);
    assert.equal(await counter.addLater(4), 10);
  });

  test('clones what goes and what comes', async () => {
    await using counter = await spawn(Counter);
    const value = { date: new Date(0), map: new Map([['a', new Set([1n])]]), bytes: new Uint8Array([1, 2]) };
    const back = await counter.echo(value);
    assert.deepEqual(back, value);
    assert.notEqual(back, value);
    assert.equal(await counter.echo(undefined), undefined);
    assert.equal(await counter.echo(null), null);
  });

  test('reads properties, getters, promises and properties of properties', async () => {
    await using counter = await spawn(Counter, [1]);
    assert.equal(await counter.later, 'later');
    assert.equal(await counter.config.depth, 3);
    assert.deepEqual(await counter.config.list, [1, 2]);
    assert.equal(await counter.readSecret(), 42);
  });

  test('sets a property by spawn.set, and not by assignment', async () => {
    await using counter = await spawn(Counter, [1]);
    await spawn.set(counter, 'size', 50);
    assert.equal(await counter.add(1), 51);
    assert.throws(() => {
      (counter as { size: unknown }).size = 3;
    }, /use `await spawn\.set\(object, 'size', value\)`/);
    await assert.rejects(spawn.set(counter, 'thread', 1 as never), /`thread` cannot be set/);
    await assert.rejects(spawn.set({} as typeof counter, 'size', 1), /to get what spawn\(\) gave/);
  });

  test('has one identity, and ignores bind', async () => {
    await using counter = await spawn(Counter);
    const { add } = counter;
    assert.equal(counter.add, add);
    assert.equal(await add.bind(undefined)(2), 2);
  });

  test('rejects with the error that was thrown, and both stacks', async () => {
    await using counter = await spawn(Counter);
    const callFromHere = (): Promise<never> => counter.fail(9);
    const error = (await catchReason(callFromHere())) as Error & { code: string; details: object };
    assert.ok(error instanceof RangeError);
    assert.deepEqual(
      { name: error.name, message: error.message, code: error.code, details: error.details },
      { name: 'CounterError', message: 'beyond 9', code: 'E_COUNTER', details: { limit: 9 } },
    );
    assert.ok(error.cause instanceof TypeError);
    assert.equal(error.cause.message, 'the cause');
    assert.match(error.stack ?? '', /Counter\.fail .*counter\.[jt]s[^]*callFromHere .*calls\.test\.[jt]s/);
  });

  test('rejects with values that are no errors as they are', async () => {
    await using counter = await spawn(Counter);
    for (const value of [null, undefined, 'text', 0, { a: 1 }]) {
      assert.deepEqual(await catchReason(counter.failWith(value)), value);
    }
  });

  test('names the argument or the part of the result that cannot be cloned', async () => {
    await using counter = await spawn(Counter);
    const wrong = await catchReason(counter.echo({ rows: [{ onClick: () => {} }] }));
    assert.ok(wrong instanceof CloneError);
    assert.equal(wrong.path, 'arguments[0].rows[0].onClick');
    const result = await catchReason(counter.giveFunction() as Promise<unknown>);
    assert.ok(result instanceof CloneError);
    assert.equal(result.path, 'result.rows[0].onClick');
    assert.equal(await counter.add(1), 1);
  });

  test('hands over what transfer() marks, at any depth, in both directions', async () => {
    await using counter = await spawn(() => ({
      inner: (bytes: { inner: Uint8Array[] }) => bytes.inner[0]?.byteLength,
    }));
    const bytes = transfer(new Uint8Array(1000));
    assert.equal(await counter.inner({ inner: [bytes] }), 1000);
    assert.equal(bytes.byteLength, 0);

    await using maker = await spawn(() => {
      const made = new Uint8Array([1, 2, 3]);
      return { give: () => ({ deep: [transfer(made)] }), rest: () => made.byteLength };
    });
    assert.deepEqual((await maker.give()).deep[0], new Uint8Array([1, 2, 3]));
    assert.equal(await maker.rest(), 0);
  });

  test('says what a member is when it is used as something else', async () => {
    await using counter = await spawn(Counter);
    const loose = counter as unknown as Record<string, () => Promise<unknown>>;
    await assert.rejects(
      loose['size']?.() as Promise<unknown>,
      /`size` is no method of the object, but of type number/,
    );
    await assert.rejects(
      loose['missing']?.() as Promise<unknown>,
      /`missing` is no method of the object, but undefined/,
    );
    await assert.rejects(Promise.resolve(counter.add), /`add` is a method: call it/);
    const iterator = (counter.add(1) as unknown as AsyncIterable<number>)[Symbol.asyncIterator]();
    await assert.rejects(iterator.next(), /nothing to iterate: await the call/);
  });

  test('reaches nothing that all objects share', async () => {
    await using counter = await spawn(Counter);
    const loose = counter as unknown as Record<string, Record<string, unknown>>;
    for (const name of ['__proto__', 'constructor', 'prototype', 'then', 'toJSON']) {
      assert.equal(loose[name], undefined, name);
      assert.equal(
        loose['config']?.[name] ?? undefined,
        name === 'then' ? loose['config']?.['then'] : undefined,
      );
    }
    await assert.rejects(
      spawn.set(counter, '__proto__' as never, {} as never),
      /not part of a spawned object/,
    );
    await assert.rejects(
      (loose as never as Counter).hasOwnProperty('x') as never,
      /not part of a spawned object/,
    );
    const nested = loose['add']?.['call'] as () => Promise<unknown>;
    await assert.rejects(nested(), /not part of a spawned object/);
    assert.equal((await counter.echo(JSON.parse('{"__proto__":{"polluted":1}}') as object)) !== null, true);
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });
});

describe('closing a spawned object', () => {
  test('waits for pending calls, and rejects later ones', async () => {
    const counter = await spawn(Counter);
    const pending = counter.addLater(1);
    await spawn.close(counter);
    assert.equal(await pending, 1);
    await assert.rejects(counter.add(1), /`add` was not called: the object is closed/);
    await spawn.close(counter);
  });

  test('runs the disposer of the object, and rejects with what it threw', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(4));
    class Disposed {
      readonly cells: Int32Array;
      readonly failure: string | undefined;
      constructor(given: Int32Array, failure?: string) {
        this.cells = given;
        this.failure = failure;
      }
      async [Symbol.asyncDispose](): Promise<void> {
        await new Promise((resolve) => setImmediate(resolve));
        Atomics.add(this.cells, 0, 1);
        if (this.failure !== undefined) throw new RangeError(this.failure);
      }
    }
    {
      await using _ = await spawn(Disposed, [cells]);
    }
    assert.equal(cells[0], 1);
    const failing = await spawn(Disposed, [cells, 'cannot close']);
    await assert.rejects(spawn.close(failing), { name: 'RangeError', message: 'cannot close' });
    assert.equal(cells[0], 2);
  });
});
