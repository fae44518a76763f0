import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parallelMap } from 'telar';
import { Channel, ChannelClosedError } from 'telar/memory';
import { census } from '../census.ts';
import { usePool } from '../harness/pool.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();
const pool = usePool({ workers: 4 });

/** Gives as many numbers, from 0. */
const count = (length: number): number[] => Array.from({ length }, (_, at) => at);

describe('Channel, at random', () => {
  it('behaves as an array does in one thread, whatever is done in whatever order', async () => {
    type Model = { values: string[]; isClosed: boolean };
    const value = fc.string({ maxLength: 40 });
    const capacity = 3;
    // The signal fires while the call waits.
    const soon = (): { signal: AbortSignal } => {
      const controller = new AbortController();
      setImmediate(() => controller.abort(new Error('enough')));
      return { signal: controller.signal };
    };
    const commands = [
      value.map((text) => ({
        check: () => true,
        run: async (model: Model, channel: Channel<string>) => {
          if (model.isClosed) return assert.rejects(channel.send(text), ChannelClosedError);
          if (model.values.length < capacity) {
            model.values.push(text);
            return channel.send(text);
          }
          await assert.rejects(channel.send(text, soon()), { message: 'enough' });
        },
        toString: () => `send(${JSON.stringify(text)})`,
      })),
      fc.constant({
        check: () => true,
        run: async (model: Model, channel: Channel<string>) => {
          if (model.values.length > 0) {
            assert.deepEqual(await channel.receive(), { done: false, value: model.values.shift() });
          } else if (model.isClosed)
            assert.deepEqual(await channel.receive(), { done: true, value: undefined });
          else await assert.rejects(channel.receive(soon()), { message: 'enough' });
        },
        toString: () => 'receive',
      }),
      fc.constant({
        check: (model: Readonly<Model>) => model.values.length > 1,
        run: async (model: Model, channel: Channel<string>) => {
          model.isClosed = true;
          channel.close();
        },
        toString: () => 'close',
      }),
    ];
    const property = fc.asyncProperty(fc.commands(commands, { maxCommands: 60 }), async (run) => {
      const setup = (): { model: Model; real: Channel<string> } => ({
        model: { values: [], isClosed: false },
        // The channel has as few bytes as fit, so that messages lie across its end.
        real: new Channel({ capacity, bytes: 512 }),
      });
      await fc.asyncModelRun(setup, run);
    });
    await assertProperty(property, { seed: 6, numRuns: sample(300, 3000) });
  });

  it('loses and doubles nothing, with any number of senders and receivers at once', async () => {
    const plan = fc.record({
      senders: fc.integer({ min: 1, max: 2 }),
      receivers: fc.integer({ min: 1, max: 2 }),
      capacity: fc.integer({ min: 1, max: 9 }),
      values: fc.array(fc.string({ maxLength: 100 }), { maxLength: 60 }),
    });
    const property = fc.asyncProperty(plan, async ({ senders, receivers, capacity, values }) => {
      const channel = new Channel<[number, string]>({ capacity, bytes: 512 });
      const live = new Int32Array(new SharedArrayBuffer(4)).fill(senders);
      const run = (at: number): [number, string][] => {
        if (at >= senders) return [...channel];
        for (const value of values) channel.sendSync([at, value]);
        if (Atomics.sub(live, 0, 1) === 1) channel.close();
        return [];
      };
      const got = await parallelMap(count(senders + receivers), run, { pool, chunkSize: 1 });
      for (const sender of count(senders)) {
        const own = got.map((part) => part.filter(([from]) => from === sender).map(([, value]) => value));
        assert.deepEqual(own.flat().sort(), values.toSorted());
        // One receiver alone sees the order of the sender.
        if (receivers === 1) assert.deepEqual(own.flat(), values);
      }
    });
    await assertProperty(property, { seed: 6, numRuns: sample(40, 400) });
  });
});
