import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gather } from 'telar';
import { census } from './census.ts';

census();

describe('gather', () => {
  it('gives the results in the order of the calls, or under their names', async () => {
    const calls = [async () => (await sleep(10), 'slow'), () => 2, async () => true] as const;
    const [first, second, third] = await gather(calls);
    assert.deepEqual([first, second, third], ['slow', 2, true]);
    assert.deepEqual(await gather({ a: async () => 1, b: () => 'two' }), { a: 1, b: 'two' });
    assert.deepEqual(await gather([]), []);
  });

  it('keeps no more than `concurrency` calls pending', async () => {
    let running = 0;
    let most = 0;
    const call = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await sleep(2);
      running--;
    };
    await gather(
      Array.from({ length: 20 }, () => call),
      { concurrency: 3 },
    );
    assert.equal(most, 3);
  });

  it('ends the others at the first failure, waits for them, and begins no further one', async () => {
    const ended: string[] = [];
    const failing = gather(
      [
        async (signal) => {
          await sleep(1000, undefined, { signal }).catch(() => sleep(20));
          ended.push('told');
          throw new Error('a consequence');
        },
        async () => {
          await sleep(5);
          throw new Error('first');
        },
        async () => ended.push('never begun'),
      ],
      { concurrency: 2 },
    );
    await assert.rejects(failing, /first/);
    assert.deepEqual(ended, ['told']);
  });

  it('gives all outcomes with `settle`', async () => {
    const outcomes = await gather([() => 1, () => Promise.reject(new Error('no'))], { settle: true });
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
  });

  it('rejects with the reason of the signal once all calls have ended', async () => {
    const controller = new AbortController();
    let hasEnded = false;
    const pending = gather(
      [
        async (signal) => {
          await sleep(1000, undefined, { signal }).catch(() => sleep(10));
          hasEnded = true;
        },
      ],
      { signal: controller.signal },
    );
    controller.abort(new Error('enough'));
    await assert.rejects(pending, /enough/);
    assert.ok(hasEnded);
  });

  it('says what is wrong with its calls', async () => {
    await assert.rejects(gather([Promise.resolve(1)] as never), /has begun already/);
    await assert.rejects(gather(new Set([() => 1]) as never), /another iterable. Spread it/);
    await assert.rejects(gather(5 as never), /array or an object of functions/);
    await assert.rejects(gather([], { limit: 1 } as never), /Unknown option/);
  });
});
