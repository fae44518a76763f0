import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';
import { spawn, WorkerError } from 'telar';
import { census } from '../census.ts';
import { catchReason, collect } from '../harness/collect.ts';
import { Latch, until } from '../harness/latch.ts';
import { Mortal } from '../fixtures/spawn/mortal.ts';

census();

const assertDeath = (error: unknown, reason: WorkerError['reason'], exitCode?: number): WorkerError => {
  assert.ok(error instanceof WorkerError, String(error));
  assert.equal(error.reason, reason);
  assert.equal(error.exitCode, exitCode);
  return error;
};

describe('when the thread of a spawned object dies', () => {
  test('while a call runs, the call rejects with the exit code', async () => {
    await using mortal = await spawn(Mortal);
    const error = assertDeath(await catchReason(mortal.die('exit')), 'exit', 3);
    assert.match(error.message, /`die` was pending when its thread ended with exit code 3/);
    assert.match(error.stack ?? '', /death\.test/);
  });

  test('of an error that nothing caught, the error is the cause', async () => {
    for (const how of ['crash', 'reject'] as const) {
      await using mortal = await spawn(Mortal);
      const { cause } = assertDeath(await catchReason(mortal.die(how)), 'crash');
      assert.ok(cause instanceof RangeError);
      assert.match(cause.message, /nobody (catches|awaits) this/);
    }
  });

  test('of its memory, the error says so', async () => {
    await using mortal = await spawn(Mortal, [], { resourceLimits: { maxOldGenerationSizeMb: 24 } });
    assertDeath(await catchReason(mortal.die('memory')), 'out-of-memory');
  });

  test('while calls are queued behind the one that runs, all reject', async () => {
    await using mortal = await spawn(Mortal);
    const calls = [mortal.count(), mortal.die('exit'), mortal.count(), mortal.count()];
    const [first, ...others] = await Promise.allSettled(calls);
    assert.deepEqual(first, { status: 'fulfilled', value: 1 });
    for (const other of others) {
      assertDeath(other?.status === 'rejected' ? other.reason : undefined, 'exit', 3);
    }
  });

  test('while a call waits, also one that would never settle', async () => {
    const latch = new Latch();
    await using mortal = await spawn(Mortal);
    const hanging = catchReason(mortal.hang(latch.cells));
    await latch.awaitArrivals(1);
    void mortal.die('exit').catch(() => {});
    assertDeath(await hanging, 'exit', 3);
  });

  test('before a call, further calls reject with the death as their cause', async () => {
    await using mortal = await spawn(Mortal);
    await catchReason(mortal.die('exit'));
    const error = assertDeath(await catchReason(mortal.count()), 'exit', 3);
    assert.match(
      error.message,
      /was not called: the thread of the object has died, and `restart` was not given/,
    );
    assertDeath(error.cause, 'exit', 3);
    assertDeath(await catchReason(Promise.resolve(mortal.size)), 'exit', 3);
  });

  test('while a stream is open, its reader is rejected, and what feeds it is closed', async () => {
    await using mortal = await spawn(Mortal);
    const stream = mortal.stream();
    assert.deepEqual(await stream.next(), { done: false, value: 0 });
    await catchReason(mortal.die('exit'));
    assertDeath(await catchReason(stream.next()), 'exit', 3);
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
  });

  test('while a callback runs here, the call rejects, and what the callback gives is dropped', async () => {
    await using mortal = await spawn(Mortal);
    let release!: () => void;
    let isCalled = false;
    const released = new Promise<void>((resolve) => (release = resolve));
    const call = catchReason(
      mortal.call(async () => {
        isCalled = true;
        await released;
        return 1;
      }),
    );
    await until(() => isCalled);
    await catchReason(mortal.die('exit'));
    assertDeath(await call, 'exit', 3);
    release();
  });

  test('while it was lent a signal and an iterator, both are taken back', async () => {
    const controller = new AbortController();
    let isClosed = false;
    async function* numbers(): AsyncGenerator<number> {
      try {
        for (;;) yield 4;
      } finally {
        isClosed = true;
      }
    }
    await using reader = await spawn(() => ({
      async readAndDie(values: AsyncIterable<number>, signal: AbortSignal): Promise<void> {
        for await (const code of values) if (!signal.aborted) process.exit(code);
      },
    }));
    const error = await catchReason(reader.readAndDie(numbers(), controller.signal));
    assertDeath(error, 'exit', 4);
    await until(() => isClosed);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  test('while the object is made, spawn rejects', async () => {
    const error = assertDeath(await catchReason(spawn(Mortal, [{ dies: 'exit' }])), 'exit', 3);
    assert.match(error.message, /`Mortal` was being made when its thread ended with exit code 3/);
    const group = spawn(Mortal, [{ dies: 'exit' }], { instances: 3, restart: { max: 5, backoff: 0 } });
    assertDeath(await catchReason(group), 'exit', 3);
  });

  test('while the object is disposed, closing rejects', async () => {
    const mortal = await spawn(Mortal, [{ disposal: 'exit' }]);
    const error = assertDeath(await catchReason(spawn.close(mortal)), 'exit', 3);
    assert.match(error.message, /`Mortal` was being disposed/);
  });

  test('answers that were sent before still arrive', async () => {
    await using teller = await spawn(() => ({
      tell: (value: number) => value,
      die: () => process.exit(1),
    }));
    const answers = Array.from({ length: 100 }, (_, value) => teller.tell(value));
    const death = catchReason(teller.die());
    assert.deepEqual(
      await Promise.all(answers),
      answers.map((_, value) => value),
    );
    assertDeath(await death, 'exit', 1);
  });
});

describe('the signal of a spawned object', () => {
  test('stops a thread that is busy, and rejects all with its reason', async () => {
    const latch = new Latch();
    const controller = new AbortController();
    const mortal = await spawn(Mortal, [], { signal: controller.signal });
    const busy = catchReason(mortal.wait(latch.cells));
    await latch.awaitArrivals(1);
    const stream = catchReason(collect(mortal.stream()));
    const reason = new Error('enough');
    controller.abort(reason);
    assert.equal(await busy, reason);
    assert.equal(await stream, reason);
    assert.equal(await catchReason(mortal.count()), reason);
    await spawn.close(mortal);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  test('ends spawn itself', async () => {
    const reason = new Error('too late');
    await assert.rejects(spawn(Mortal, [], { signal: AbortSignal.abort(reason) }), reason);
    const controller = new AbortController();
    const spawning = catchReason(
      spawn(() => new Promise<object>(() => {}), [], { signal: controller.signal }),
    );
    controller.abort(reason);
    assert.equal(await spawning, reason);
  });
});
