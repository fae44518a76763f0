import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Mutex } from 'telar/memory';
import { census } from '../census.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();

describe('Mutex, at random', () => {
  it('behaves as a variable does in one thread, whatever is done in whatever order', async () => {
    interface Model {
      /** Agents that wait or hold, the holder first. */
      queue: number[];
    }
    interface Real {
      readonly mutex: Mutex;
      readonly locks: Map<number, Promise<{ release(): void }>>;
      isDone: Set<number>;
    }
    let count = 0;
    const settle = async (real: Real, holders: number): Promise<void> => {
      for (let turn = 0; real.isDone.size < holders && turn < 1000; turn++) {
        // oxlint-disable-next-line no-await-in-loop -- until the wake-up has come.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      assert.equal(real.isDone.size, holders);
    };
    const commands = [
      fc.constant({
        check: () => true,
        run: async (model: Model, real: Real) => {
          const id = count++;
          model.queue.push(id);
          real.locks.set(
            id,
            real.mutex.lock().then((held) => (real.isDone.add(id), held)),
          );
          await settle(real, 1);
        },
        toString: () => 'lock',
      }),
      fc.constant({
        check: () => true,
        run: async (model: Model, real: Real) => {
          const held = real.mutex.tryLock();
          assert.equal(held !== undefined, model.queue.length === 0);
          held?.release();
        },
        toString: () => 'tryLock',
      }),
      fc.constant({
        check: (model: Readonly<Model>) => model.queue.length > 0,
        run: async (model: Model, real: Real) => {
          const [holder] = real.isDone;
          assert.ok(holder !== undefined);
          (await real.locks.get(holder))?.release();
          real.isDone.delete(holder);
          model.queue = model.queue.filter((id) => id !== holder);
          await settle(real, Math.min(1, model.queue.length));
        },
        toString: () => 'release',
      }),
    ];
    const property = fc.asyncProperty(fc.commands(commands, { maxCommands: 20 }), async (run) => {
      const real: Real = { mutex: new Mutex(), locks: new Map(), isDone: new Set() };
      const model: Model = { queue: [] };
      await fc.asyncModelRun(() => ({ model, real }), run);
      for (const lock of real.locks.values()) void lock.then((held) => held.release());
      await Promise.all(real.locks.values());
    });
    await assertProperty(property, { seed: 6, numRuns: sample(40, 400) });
  });
});
