import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
});
