import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { spawn, WorkerError } from 'telar';
import { census } from '../census.ts';
import {
  Endless,
  LoopsAtItsEnd,
  makeNever,
  makeOnce,
  NeverMade,
  WaitsAtItsEnd,
} from '../fixtures/spawn/endless.ts';
import { Borrower } from '../fixtures/spawn/borrower.ts';
import { catchReason } from '../harness/collect.ts';
import { until } from '../harness/latch.ts';

census();

const assertReason = (error: unknown, reason: WorkerError['reason'], message: RegExp): void => {
  assert.ok(error instanceof WorkerError, String(error));
  assert.equal(error.reason, reason);
  assert.match(error.message, message);
};

describe('closing a spawned object after `closeTimeout`', () => {
  for (const name of ['loop', 'never'] as const) {
    test(`ends its thread while a call of \`${name}\` is pending, which rejects`, async () => {
      const object = await spawn(Endless, [], { closeTimeout: 50 });
      const pending = catchReason(object[name]());
      const queued = catchReason(object.never());
      const closing = await catchReason(spawn.close(object));
      assertReason(closing, 'closed', /`Endless` was not closed within 50 ms: 2 calls were pending/);
      assertReason(await pending, 'closed', new RegExp(`\`${name}\` was pending .* \`closeTimeout\``));
      assertReason(await queued, 'closed', /closeTimeout/);
      assertReason(await catchReason(object.ok()), 'closed', /closeTimeout/);
    });
  }

  test('ends it while the next value of a stream is pending', async () => {
    const object = await spawn(Endless, [], { closeTimeout: 50 });
    const stream = object.stream();
    assert.deepEqual(await stream.next(), { done: false, value: 1 });
    const next = catchReason(stream.next());
    // The value is asked for in a later turn.
    await setImmediate();
    assertReason(await catchReason(spawn.close(object)), 'closed', /1 call was pending/);
    assertReason(await next, 'closed', /closeTimeout/);
  });

  const endings: Record<string, new () => LoopsAtItsEnd> = {
    loops: LoopsAtItsEnd,
    waits: WaitsAtItsEnd as never,
  };
  for (const [how, type] of Object.entries(endings)) {
    test(`ends it where the object ${how} in its own disposal`, async () => {
      const object = await spawn(type, [], { closeTimeout: 50 });
      assert.equal(await object.ok(), 1);
      assertReason(await catchReason(spawn.close(object)), 'closed', /disposal had not ended/);
    });
  }

  test('says where a callback may wait for the closing that waits for it', async () => {
    const borrower = await spawn(Borrower, [], { closeTimeout: 50 });
    let closing: Promise<unknown> = Promise.resolve();
    const calling = borrower.map([1], async () => {
      await setImmediate();
      closing = catchReason(spawn.close(borrower));
      return (await closing) === undefined ? 1 : 2;
    });
    assertReason(await catchReason(calling), 'closed', /was pending/);
    assertReason(
      await closing,
      'closed',
      /1 call was pending, with a callback that had not returned, as one that/,
    );
  });

  test('ends each object of a group', async () => {
    const group = await spawn(Endless, [], { instances: 2, closeTimeout: 50 });
    const calls = [catchReason(group.loop()), catchReason(group.never())];
    assertReason(await catchReason(spawn.close(group)), 'closed', /closeTimeout/);
    for (const error of await Promise.all(calls)) assertReason(error, 'closed', /closeTimeout/);
  });

  test('waits as long as it takes with Infinity', async () => {
    const object = await spawn(
      () => ({ later: () => new Promise((resolve) => setTimeout(resolve, 100, 7)) }),
      [],
      {
        closeTimeout: Infinity,
        startTimeout: Infinity,
      },
    );
    const call = object.later();
    await spawn.close(object);
    assert.equal(await call, 7);
  });
});

describe('the signal of a spawned object', () => {
  for (const [how, type] of Object.entries({ loops: LoopsAtItsEnd, waits: WaitsAtItsEnd })) {
    test(`stops its thread also while it ${how} in its own disposal`, async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const object = await spawn(type as typeof LoopsAtItsEnd, [], { closeTimeout: Infinity, signal });
      const closing = spawn.close(object);
      await setImmediate();
      const reason = new Error('enough');
      controller.abort(reason);
      await closing;
      assert.equal(await catchReason(object.ok()), reason);
    });
  }
});

test('the signal of spawn is heard also while objects are closed, since another of the group was not made', async () => {
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const make = (given: Int32Array): AsyncDisposable => {
    // The second of them fails, once the first is there.
    if (Atomics.add(given, 0, 1) > 0) throw new RangeError('no second');
    return {
      [Symbol.asyncDispose]: async () => {
        Atomics.store(given, 0, -1);
        await new Promise(() => {});
      },
    };
  };
  const controller = new AbortController();
  const options = { instances: 2, closeTimeout: Infinity, signal: controller.signal };
  const spawning = catchReason(spawn(make, [cells], options));
  await until(() => Atomics.load(cells, 0) === -1);
  controller.abort(new Error('enough'));
  assert.match(String(await spawning), /no second/);
});

describe('an object that is not made within `startTimeout`', () => {
  test('rejects, whether its making loops or waits', async () => {
    const late = /was not made within 500 ms.* `startTimeout: Infinity`/;
    assertReason(await catchReason(spawn(NeverMade, [], { startTimeout: 500 })), 'start', late);
    assertReason(await catchReason(spawn(makeNever, [], { startTimeout: 500 })), 'start', late);
  });

  test('fails a restart, which is tried again as often as it may be', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(4));
    const object = (await spawn(makeOnce, [cells], {
      restart: { max: 1, backoff: 0 },
      // The first is made in that time also on a busy machine; the second never is.
      startTimeout: 3000,
    })) as unknown as { exit(): Promise<void>; again(): Promise<void> };
    assertReason(await catchReason(object.exit()), 'exit', /exit code 3/);
    assertReason(await catchReason(object.again()), 'start', /after 1 restart/);
    await spawn.close(object as unknown as AsyncDisposable);
  });
});

describe('limits of a spawned object', () => {
  test('are refused where they are no milliseconds', async () => {
    for (const name of ['startTimeout', 'closeTimeout']) {
      for (const value of [0, -1, NaN, 2 ** 31, '5']) {
        const error = await catchReason(spawn(Endless, [], { [name]: value } as object));
        assert.match(
          (error as Error).message,
          new RegExp(`Expected \`${name}\` to be milliseconds from 1, or Infinity for no limit`),
        );
      }
    }
  });
});
