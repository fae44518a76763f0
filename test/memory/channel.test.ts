import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { threadId } from 'node:worker_threads';
import { parallelMap, parallelMapSettled } from 'telar';
import { Channel, ChannelClosedError, Mutex } from 'telar/memory';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { Latch } from '../harness/latch.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool({ workers: 4 });

const { waitAsync } = Atomics as unknown as {
  readonly waitAsync: (cells: Int32Array, at: number, value: number) => { readonly value: Promise<string> };
};

/** Gives as many numbers, from 0. */
const count = (length: number): number[] => Array.from({ length }, (_, at) => at);

/** Takes what is in it, and sends values through it until its end. */
async function assertWorks(channel: Channel<number>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- one after the other.
  while (channel.size > 0) assert.equal((await channel.receive()).value, -1);
  const sending = (async () => {
    // oxlint-disable-next-line no-await-in-loop -- one after the other.
    for (const value of count(50)) await channel.send(value);
    channel.close();
  })();
  const received: number[] = [];
  for await (const value of channel) received.push(value);
  await sending;
  assert.deepEqual(received, count(50));
}

describe('Channel', () => {
  it('carries values from workers to the main thread, each once, in the order of their sender', async () => {
    const channel = new Channel<{ from: number; at: number }>({ capacity: 7 });
    const received: { from: number; at: number }[] = [];
    const reading = (async () => {
      for await (const value of channel) received.push(value);
    })();
    const send = async (from: number): Promise<void> => {
      for (let at = 0; at < 100; at++) {
        if (from % 2 === 0) channel.sendSync({ from, at });
        // oxlint-disable-next-line no-await-in-loop -- one after the other.
        else await channel.send({ from, at });
      }
    };
    await parallelMap(count(8), send, { pool, chunkSize: 1 });
    channel.close();
    await reading;
    for (const sender of count(8)) {
      const own = received.filter(({ from }) => from === sender).map(({ at }) => at);
      assert.deepEqual(own, count(100));
    }
    assert.equal(received.length, 800);
  });

  it('hands each value to one of several receivers', async () => {
    const channel = new Channel<number>({ capacity: 3 });
    const receive = async (item: number): Promise<number[]> => {
      const values: number[] = [];
      if (item % 2 === 0) for (const value of channel) values.push(value);
      else for await (const value of channel) values.push(value);
      return values;
    };
    const receiving = parallelMap(count(4), receive, { pool, chunkSize: 1 });
    // oxlint-disable-next-line no-await-in-loop -- one after the other.
    for (const value of count(500)) await channel.send(value);
    channel.close();
    const parts = await receiving;
    for (const part of parts)
      assert.deepEqual(
        part,
        part.toSorted((a, b) => a - b),
      );
    assert.deepEqual(
      parts.flat().sort((a, b) => a - b),
      count(500),
    );
  });

  it('keeps who sends into a full one waiting, in values and in bytes', async () => {
    for (const [options, value] of [
      [{ capacity: 2 }, 'x'],
      [{ bytes: 256 }, 'x'.repeat(100)],
    ] as const) {
      const channel = new Channel<string>(options);
      /* oxlint-disable no-await-in-loop -- one after the other. */
      await channel.send(value);
      await channel.send(value);
      let isSent = false;
      const sending = channel.send(value).then(() => (isSent = true));
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(isSent, false);
      assert.equal(channel.size, 2);
      assert.equal((await channel.receive()).value, value);
      await sending;
      assert.equal(channel.size, 2);
      /* oxlint-enable no-await-in-loop */
    }
  });

  it('gives what is left after it was closed, and takes nothing more', async () => {
    const channel = new Channel<string>();
    await channel.send('last');
    const waiting = new Channel<string>();
    const end = waiting.receive();
    {
      using _closed = waiting;
    }
    channel.close();
    channel.close();
    assert.ok(channel.isClosed);
    assert.deepEqual(await end, { done: true, value: undefined });
    assert.ok((await catchReason(channel.send('more'))) instanceof ChannelClosedError);
    assert.deepEqual(await channel.receive(), { done: false, value: 'last' });
    assert.deepEqual(await channel.receive(), { done: true, value: undefined });
  });

  it('ends the wait of those who send when it is closed', async () => {
    const channel = new Channel<number>({ capacity: 1 });
    await channel.send(0);
    const latch = new Latch();
    const { cells } = latch;
    const send = (item: number): string => {
      Atomics.add(cells, 0, 1);
      try {
        channel.sendSync(item);
        return 'sent';
      } catch (error) {
        return (error as Error).name;
      }
    };
    const sending = parallelMap([1, 2], send, { pool, chunkSize: 1 });
    await latch.awaitArrivals(2);
    channel.close();
    assert.deepEqual(await sending, ['ChannelClosedError', 'ChannelClosedError']);
  });

  it('goes on when threads are stopped amid a send or a receive', async () => {
    const channel = new Channel<number>({ capacity: 4 });
    const latch = new Latch();
    const { cells } = latch;
    const run = (): void => {
      Atomics.add(cells, 0, 1);
      for (;;) {
        channel.sendSync(-1);
        channel.receiveSync();
      }
    };
    for (let round = 1; round <= 3; round++) {
      const controller = new AbortController();
      const running = parallelMap(count(3), run, { pool, chunkSize: 1, signal: controller.signal });
      // oxlint-disable-next-line no-await-in-loop -- one round after the other.
      await latch.awaitArrivals(3 * round);
      controller.abort(new Error('enough'));
      // oxlint-disable-next-line no-await-in-loop -- one round after the other.
      await assert.rejects(running, { message: 'enough' });
    }
    await assertWorks(channel);
  });

  it('is not locked while anything else of its thread runs, which may wait for the lock', async () => {
    const channel = new Channel<number>();
    const { cells } = channel;
    // The lock, signed by the main thread.
    Atomics.store(cells, 2, 1);
    const sending = channel.send(1);
    const looking = (async () => {
      const looks: number[] = [];
      // This wakes up in the same turn of the loop as the sender.
      await waitAsync(cells, 0, Atomics.load(cells, 0)).value;
      for (let turn = 0; turn < 20; turn++) {
        looks.push(Atomics.load(cells, 2));
        // oxlint-disable-next-line no-await-in-loop -- whatever waits for a promise runs between.
        await Promise.resolve();
      }
      return looks;
    })();
    Atomics.store(cells, 2, 0);
    Atomics.add(cells, 0, 1);
    Atomics.notify(cells, 0);
    assert.deepEqual(new Set(await looking), new Set([0]));
    await sending;
    assert.equal(channel.size, 1);
  });

  it('counts anew what a thread left that died between a value and its count', async () => {
    const channel = new Channel<number>({ capacity: 4 });
    await channel.send(-1);
    const { cells, state } = channel;
    const die = (): void => {
      // The lock, signed by this thread; and the count as it was before the value.
      Atomics.store(cells, 2, threadId + 1);
      Atomics.store(state, 2, 0);
      process.exit(1);
    };
    await parallelMapSettled([0], die, { pool });
    await channel.send(-1);
    assert.equal(channel.size, 2);
    await assertWorks(channel);
  });

  it('stops waiting with the signal, and has then taken nothing', async () => {
    const channel = new Channel<number>({ capacity: 1 });
    const reason = new Error('enough');
    const controller = new AbortController();
    const receiving = channel.receive({ signal: controller.signal });
    controller.abort(reason);
    assert.equal(await catchReason(receiving), reason);
    await channel.send(1);
    assert.equal(await catchReason(channel.send(2, { signal: AbortSignal.abort(reason) })), reason);
    assert.deepEqual(await channel.receive(), { done: false, value: 1 });
    assert.equal(channel.size, 0);
  });

  it('refuses what cannot go through it, and says why', async () => {
    const channel = new Channel<unknown>({ bytes: 1024 });
    await assert.rejects(channel.send('x'.repeat(2000)), {
      name: 'RangeError',
      message: /takes \d+ bytes.*has 1024/,
    });
    await assert.rejects(
      channel.send(() => {}),
      { name: 'TypeError', message: /cannot go through a channel/ },
    );
    await assert.rejects(channel.send(new Mutex()), {
      name: 'TypeError',
      message: /it holds what threads share.*let tasks capture/,
    });
    assert.throws(() => channel.sendSync(1), /would block the main thread/);
    assert.throws(() => channel.receiveSync(), /would block the main thread/);
    assert.throws(() => new Channel({ size: 1 } as never), /Unknown option `size`/);
    assert.throws(() => new Channel({ capacity: 0 }), { name: 'RangeError' });
    assert.equal(channel.size, 0);
  });
});
