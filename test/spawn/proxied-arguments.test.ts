import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';
import { spawn } from 'telar';
import { Channel } from 'telar/memory';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { until } from '../harness/latch.ts';
import { Borrower } from '../fixtures/spawn/borrower.ts';
import { Streamer } from '../fixtures/spawn/streamer.ts';

census();

describe('a callback as an argument', () => {
  test('is called on this thread, and what it returns or resolves to arrives', async () => {
    await using borrower = await spawn(Borrower);
    const seen: number[] = [];
    const results = await borrower.map([1, 2, 3], (value) => {
      seen.push(value);
      return value % 2 === 0 ? value * 10 : Promise.resolve(value * 100);
    });
    assert.deepEqual(seen, [1, 2, 3]);
    assert.deepEqual(results, [100, 20, 300]);
  });

  test('is called with its object, where it is a method of an argument', async () => {
    await using borrower = await spawn(Borrower);
    const sink = {
      total: 0,
      add(value: number) {
        this.total += value;
        return this.total;
      },
    };
    assert.deepEqual(await borrower.store(sink, [1, 2, 3]), [1, 3, 6]);
    assert.equal(sink.total, 6);
    const arrow = { add: (value: number) => value * 2 };
    assert.deepEqual(await borrower.store(arrow, [1, 2]), [2, 4]);
  });

  test('rejects there with what it threw here', async () => {
    await using borrower = await spawn(Borrower);
    const fail = (): never => {
      throw new RangeError('thrown here');
    };
    assert.equal(await borrower.describeFailure(fail), 'RangeError: thrown here');
    const unclonable = await borrower.describeFailure(() => ({ deep: () => {} }));
    assert.match(unclonable, /TypeError: The result of the callback cannot be cloned: result\.deep/);
  });

  test('may close its object, which is closed once the call has ended', async () => {
    const options = { closeTimeout: Infinity };
    const borrower = await spawn(Borrower, [], options);
    const close = async (value: number): Promise<number> => {
      await spawn.close(borrower);
      return value * 10;
    };
    assert.deepEqual(await borrower.map([1, 2], close), [10, 20]);
    await spawn.close(borrower);
    await assert.rejects(borrower.map([1], close), /the object is closed/);

    const streamer = await spawn(Streamer, [], options);
    const feed = async function* (): AsyncGenerator<number> {
      yield 1;
      await spawn.close(streamer);
      yield 2;
    };
    assert.equal(await streamer.sum(feed()), 3);
    await spawn.close(streamer);
    await assert.rejects(streamer.sum(feed()), /the object is closed/);
  });

  test('is released when its call has settled', async () => {
    await using borrower = await spawn(Borrower);
    let calls = 0;
    await borrower.keep(() => ++calls);
    await assert.rejects(borrower.useKept(1), /callbacks end with their call/);
    assert.equal(calls, 0);
  });

  test('of a constructor lasts as long as the object', async () => {
    const seen: string[] = [];
    await using logging = await spawn(
      (log: (text: string) => unknown) => ({ say: async (text: string) => await log(text) }),
      [(text: string) => seen.push(text)],
    );
    await logging.say('one');
    await logging.say('two');
    assert.deepEqual(seen, ['one', 'two']);
  });
});

describe('an AbortSignal as an argument', () => {
  test('fires on the other side, and its reason comes back as it was', async () => {
    await using borrower = await spawn(Borrower);
    const controller = new AbortController();
    const waiting = catchReason(borrower.waitFor(controller.signal));
    const reason = new Error('enough');
    controller.abort(reason);
    assert.equal(await waiting, reason);
    assert.equal(await catchReason(borrower.waitFor(controller.signal)), reason);
  });

  test('may be a property of an argument, beside a callback', async () => {
    await using borrower = await spawn(Borrower);
    const controller = new AbortController();
    const onStep = (step: number): void => {
      if (step === 3) controller.abort(new RangeError('three steps'));
    };
    assert.equal(await borrower.run({ signal: controller.signal, onStep }), 'RangeError: three steps');
  });

  test('comes back as it was from a stream too', async () => {
    await using streamer = await spawn(Streamer);
    const controller = new AbortController();
    const stream = streamer.until(controller.signal);
    assert.deepEqual(await stream.next(), { done: false, value: 1 });
    const reason = new Error('enough');
    controller.abort(reason);
    assert.equal(await catchReason(stream.next()), reason);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  test('has one listener for many calls, and none when they have settled', async () => {
    await using borrower = await spawn(Borrower);
    const controller = new AbortController();
    const calls = Array.from({ length: 20 }, () => catchReason(borrower.waitFor(controller.signal)));
    assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
    controller.abort();
    await Promise.all(calls);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });
});

test('a channel that is an argument or a result travels as itself, and not as a stream', async () => {
  await using object = await spawn(() => {
    let kept: Channel<number>;
    return {
      async send(channel: Channel<number>, value: number): Promise<void> {
        kept = channel;
        await channel.send(value);
      },
      sendTo: ({ channel, onSent }: { channel: Channel<number>; onSent: () => void }) =>
        channel.send(3).then(onSent),
      give: () => kept,
    };
  });
  const channel = new Channel<number>();
  await object.send(channel, 1);
  await (await object.give()).send(2);
  await object.sendTo({ channel, onSent: () => channel.close() });
  const sent: number[] = [];
  for await (const value of channel) sent.push(value);
  assert.deepEqual(sent, [1, 2, 3]);
});

describe('an iterator as an argument', () => {
  test('is read from the other side, one value at a time', async () => {
    await using streamer = await spawn(Streamer);
    let made = 0;
    async function* numbers(): AsyncGenerator<number> {
      for (;;) yield ++made;
    }
    assert.equal(await streamer.sum(numbers(), 3), 6);
    assert.equal(made, 3);
  });

  test('is closed when its call has settled before its end', async () => {
    await using streamer = await spawn(Streamer);
    let isClosed = false;
    function* numbers(): Generator<number> {
      try {
        for (;;) yield 1;
      } finally {
        isClosed = true;
      }
    }
    assert.equal(await streamer.sum(numbers() as never, 2), 2);
    await until(() => isClosed);
  });

  test('may feed a stream that is read here', async () => {
    await using streamer = await spawn(Streamer);
    async function* numbers(): AsyncGenerator<number> {
      yield* [1, 2, 3];
    }
    const doubled: number[] = [];
    for await (const number of streamer.double(numbers())) doubled.push(number);
    assert.deepEqual(doubled, [2, 4, 6]);
  });

  test('rejects there with what it threw here', async () => {
    await using streamer = await spawn(Streamer);
    async function* numbers(): AsyncGenerator<number> {
      yield 1;
      throw new RangeError('no more');
    }
    await assert.rejects(streamer.sum(numbers()), { name: 'RangeError', message: 'no more' });
  });
});
