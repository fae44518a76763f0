import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RestartEvent, spawn, transfer, WorkerError } from 'telar';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { Latch, until } from '../harness/latch.ts';
import { Mortal } from '../fixtures/spawn/mortal.ts';

census();

const restart = { max: 2, within: 60_000, backoff: 0 };

describe('a spawned object with restart', () => {
  test('is made anew when its thread has died, and says so', async () => {
    const events: RestartEvent[] = [];
    await using mortal = await spawn(Mortal, [], { restart, onRestart: (event) => events.push(event) });
    await mortal.count();
    assert.equal(await mortal.count(), 2);
    assert.ok((await catchReason(mortal.die('exit'))) instanceof WorkerError);
    // The call waits for the fresh object, which counts from the start.
    assert.equal(await mortal.count(), 1);
    await until(() => events.length === 1);
    assert.equal(events[0]?.instance, 0);
    assert.equal(events[0]?.restarts, 1);
    assert.equal(events[0]?.error.exitCode, 3);
  });

  test('rejects calls in flight, and does not repeat them', async () => {
    const latch = new Latch();
    await using mortal = await spawn(Mortal, [], { restart });
    const pending = catchReason(mortal.dieOnce(latch.cells));
    assert.ok((await pending) instanceof WorkerError);
    assert.equal(await mortal.count(), 1);
    assert.equal(latch.arrived, 1);
  });

  test('repeats them when they are idempotent', async () => {
    const latch = new Latch();
    await using mortal = await spawn(Mortal, [], { restart, idempotent: true });
    assert.equal(await mortal.dieOnce(latch.cells), 'answered');
    assert.equal(latch.arrived, 2);
  });

  test('repeats no stream, and no call that handed a buffer over', async () => {
    await using mortal = await spawn(
      () => ({
        die: (code: Uint8Array) => process.exit(code[0]),
        async *stream(): AsyncGenerator<number> {
          yield 1;
          process.exit(6);
        },
      }),
      [],
      { restart: { ...restart, max: 5 }, idempotent: true },
    );
    const stream = mortal.stream();
    assert.equal((await stream.next()).value, 1);
    assert.ok((await catchReason(stream.next())) instanceof WorkerError);
    const error = await catchReason(mortal.die(transfer(new Uint8Array([6]))));
    assert.ok(error instanceof WorkerError);
    assert.equal(error.attempts, 1);
  });

  test('gives up when there were too many, and says why', async () => {
    await using mortal = await spawn(Mortal, [], { restart });
    for (let death = 0; death < 3; death++) await catchReason(mortal.die('exit'));
    const error = await catchReason(mortal.count());
    assert.ok(error instanceof WorkerError);
    assert.match(error.message, /has died after 2 restarts within 60000 ms/);
    assert.equal((error.cause as WorkerError).exitCode, 3);
  });

  test('ends an idempotent call that kills every object when there were too many', async () => {
    await using mortal = await spawn(Mortal, [], { restart, idempotent: true });
    const error = await catchReason(mortal.die('exit'));
    assert.ok(error instanceof WorkerError);
    assert.equal(error.attempts, 3);
  });

  test('counts an object that cannot be made again', async () => {
    const latch = new Latch();
    const events: RestartEvent[] = [];
    class Once {
      constructor(cells: Int32Array) {
        if (Atomics.add(cells, 0, 1) > 0) throw new RangeError('only once');
      }
      die(): void {
        process.exit(1);
      }
    }
    await using once = await spawn(Once, [latch.cells], {
      restart,
      onRestart: (event) => events.push(event),
    });
    await catchReason(once.die());
    const error = await catchReason(once.die());
    assert.ok(error instanceof WorkerError);
    assert.equal(latch.arrived, 3);
    assert.match(String((error.cause as WorkerError).cause), /only once/);
    assert.deepEqual(events, []);
  });

  test('can be closed while it waits for a restart', async () => {
    const delays: number[] = [];
    const backoff = (restarts: number): number => {
      delays.push(restarts);
      return 2 ** 30;
    };
    const mortal = await spawn(Mortal, [], { restart: { backoff } });
    await catchReason(mortal.die('exit'));
    await until(() => delays.length === 1);
    await spawn.close(mortal);
    await assert.rejects(mortal.count(), /the object is closed/);
  });

  test('rejects calls that wait for a restart when its signal fires', async () => {
    const controller = new AbortController();
    const mortal = await spawn(Mortal, [], { restart: { backoff: 2 ** 30 }, signal: controller.signal });
    await catchReason(mortal.die('exit'));
    const waiting = catchReason(mortal.count());
    const reason = new Error('enough');
    controller.abort(reason);
    assert.equal(await waiting, reason);
    await spawn.close(mortal);
  });

  test('is not begun again when its signal fires while a restart fails', async () => {
    const once = (cells: Int32Array): { die(): void } => {
      if (Atomics.add(cells, 0, 1) > 0) throw new RangeError('only once');
      return { die: () => process.exit(1) };
    };
    const reason = new Error('enough');
    for (let round = 0; round < 5; round++) {
      const latch = new Latch();
      const controller = new AbortController();
      // oxlint-disable-next-line no-await-in-loop -- one round after the other.
      const object = await spawn(once, [latch.cells], {
        restart: { max: 2, backoff: 0 },
        signal: controller.signal,
      });
      // oxlint-disable-next-line no-await-in-loop
      await catchReason(object.die());
      // oxlint-disable-next-line no-await-in-loop
      await latch.awaitArrivals(2);
      // oxlint-disable-next-line no-await-in-loop -- the thread is ended some milliseconds after its constructor has thrown.
      await sleep(round);
      controller.abort(reason);
      // oxlint-disable-next-line no-await-in-loop
      await sleep(5);
      // oxlint-disable-next-line no-await-in-loop
      assert.equal(await catchReason(object.die()), reason);
      // oxlint-disable-next-line no-await-in-loop
      await spawn.close(object);
    }
  });

  test('that cannot be begun, since its `backoff` or a getter of an argument throws, ends the object', async () => {
    const fault = new RangeError('no time known');
    const backoff = (): number => {
      throw fault;
    };
    await using mortal = await spawn(Mortal, [], { restart: { backoff } });
    await catchReason(mortal.die('exit'));
    assert.equal(await catchReason(mortal.count()), fault);

    let isBroken = false;
    const options = {
      get start(): number {
        if (isBroken) throw fault;
        return 5;
      },
    };
    const make = (given: { readonly start: number }): { die(): void; start(): number } => ({
      die: () => process.exit(1),
      start: () => given.start,
    });
    await using made = await spawn(make, [options], { restart: { max: 1, backoff: 0 } });
    assert.equal(await made.start(), 5);
    isBroken = true;
    await catchReason(made.die());
    const error = (await catchReason(made.start())) as WorkerError;
    assert.ok(error instanceof WorkerError);
    assert.equal(((error.cause as Error).cause as Error).cause, fault);
  });
});
