import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { perWorker } from '../../src/task/handle/per-worker.ts';
import { resolveTask } from '../../src/task/resolve-task.ts';
import { getRunNested } from './fixtures/nested.ts';
import { TestWorker } from './harness/run-on-worker.ts';

const worker = new TestWorker();
after(() => worker.close());

describe('a revived task', () => {
  it('may capture and revive tasks of its own, on its thread', async () => {
    const task = getRunNested();
    assert.deepEqual(await worker.run(task, 2), await task(2));
  });

  it('throws with a stack that points to where it was written', async () => {
    const fails = (): never => {
      throw new RangeError('here');
    };
    const line = Number(/:(\d+):\d+\)?$/m.exec(new Error().stack ?? '')?.[1]) - 2;
    await assert.rejects(worker.run(fails), (error: RangeError) => {
      assert.match(error.stack ?? '', new RegExp(`revive\\.test\\.js:${line}:\\d+`));
      return true;
    });
  });

  it('has the columns of its text', async () => {
    const readColumn = (): string => /:(\d+:\d+)\)?$/m.exec(new Error().stack ?? '')?.[1] ?? '';
    assert.equal(await worker.run(readColumn), readColumn());
  });

  it('has the values of the moment when it was resolved', async () => {
    const state = { value: 1 };
    let number = 1;
    const definition = await resolveTask(() => [state.value, number]);
    state.value = 2;
    number = 2;
    assert.deepEqual(await worker.call(definition), [1, 1]);
    assert.deepEqual(await worker.run(() => [state.value, number]), [2, 2]);
  });

  it('keeps changes to what it captured in its worker', async () => {
    const list = [1];
    assert.equal(await worker.run(() => list.push(2)), 2);
    assert.deepEqual(list, [1]);
  });

  it('shares memory that is shared', async () => {
    const numbers = new Int32Array(new SharedArrayBuffer(8));
    await worker.run(() => Atomics.add(numbers, 1, 5));
    assert.equal(numbers[1], 5);
  });

  it('gets large values once, in shared memory', async () => {
    const table = Array.from({ length: 10_000 }, (_, index) => index);
    const definition = await resolveTask((index: number) => table[index]);
    assert.equal(definition.kind, 'captured');
    assert.ok(definition.kind === 'captured' && definition.graph.buffer instanceof SharedArrayBuffer);
    assert.equal(await worker.call(definition, 7), 7);
  });

  it('carries keys and WebAssembly', async () => {
    const { createSecretKey, createHmac } = await import('node:crypto');
    const key = createSecretKey('secret', 'utf8');
    const sign = (text: string): string => createHmac('sha256', key).update(text).digest('hex');
    assert.equal(await worker.run(sign, 'text'), sign('text'));
  });
});

describe('perWorker', () => {
  it('makes its value once in each worker, and disposes it when the worker closes', async () => {
    const seen = new Int32Array(new SharedArrayBuffer(8));
    const resource = perWorker(() => {
      Atomics.add(seen, 0, 1);
      return {
        name: 'opened',
        [Symbol.dispose]() {
          Atomics.add(seen, 1, 1);
        },
      };
    });
    const task = (): string => resource().name;
    const workers = [new TestWorker(), new TestWorker()];
    for (const one of [...workers, ...workers]) assert.equal(await one.run(task), 'opened');
    assert.deepEqual([...seen], [2, 0]);
    for (const one of workers) await one.close();
    assert.deepEqual([...seen], [2, 2]);
  });

  it('disposes asynchronously, the newest first', async () => {
    const order = new Int32Array(new SharedArrayBuffer(12));
    const make = (id: number) =>
      perWorker(async () =>
        Promise.resolve({
          id,
          async [Symbol.asyncDispose]() {
            await Promise.resolve();
            order[Atomics.add(order, 0, 1) + 1] = id;
          },
        }),
      );
    const [first, second] = [make(1), make(2)];
    const own = new TestWorker();
    assert.deepEqual(await own.run(async () => [(await first()).id, (await second()).id]), [1, 2]);
    await own.close();
    assert.deepEqual([...order], [2, 2, 1]);
  });

  it('tries again after a failure', async () => {
    const tries = new Int32Array(new SharedArrayBuffer(4));
    const value = perWorker(async () => {
      if (Atomics.add(tries, 0, 1) === 0) throw new Error('not yet');
      return Promise.resolve('there');
    });
    await assert.rejects(
      worker.run(async () => await value()),
      { message: 'not yet' },
    );
    assert.equal(await worker.run(async () => await value()), 'there');
  });

  it('works on the main thread, once', () => {
    let made = 0;
    const value = perWorker(() => (made += 1));
    assert.deepEqual([value(), value()], [1, 1]);
  });

  it('refuses what is no function', () => {
    assert.throws(() => perWorker(7 as unknown as () => number), {
      name: 'TypeError',
      message: /got the number 7/,
    });
  });

  it('refuses a maker that cannot travel, with its path', () => {
    const promise = Promise.resolve();
    const value = perWorker(() => promise);
    assert.throws(() => resolveTask(() => value()), {
      name: 'CaptureError',
      message:
        /it uses `value` \(function, line \d+\), whose `value\(\)` uses `promise` \(Promise, line \d+\)/,
    });
  });
});
