import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Limiter } from '../../src/limiter/limiter.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';
import { census } from '../census.ts';

census();

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Steps of callers, in order: ask, give the n-th held place back, or abort the n-th waiter. */
const step = fc.oneof(
  fc.constant({ kind: 'ask' } as const),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('abort' as const), which: fc.nat(20) }),
);

describe('a limiter', () => {
  it('serves in order, never more than it may, and forgets those that were aborted', async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step), async (most, steps) => {
      const limiter = new Limiter({ concurrency: most });
      const held: { id: number; leave: () => void }[] = [];
      const waiting: { id: number; controller: AbortController }[] = [];
      let modelHeld: number[] = [];
      let modelWaiting: number[] = [];
      let asked = 0;
      for (const { kind, ...rest } of steps) {
        const { which = 0 } = rest as { which?: number };
        if (kind === 'ask') {
          const id = asked++;
          const controller = new AbortController();
          waiting.push({ id, controller });
          const forget = (): unknown =>
            waiting.splice(
              waiting.findIndex((waiter) => waiter.id === id),
              1,
            );
          limiter.acquire(controller.signal).then((leave) => (forget(), held.push({ id, leave })), forget);
          modelWaiting.push(id);
        } else if (kind === 'leave' && held.length > 0) {
          const [place] = held.splice(which % held.length, 1);
          place?.leave();
          // Giving back twice gives nothing more.
          place?.leave();
          modelHeld = modelHeld.filter((id) => id !== place?.id);
        } else if (kind === 'abort' && waiting.length > 0) {
          const waiter = waiting[which % waiting.length];
          waiter?.controller.abort();
          modelWaiting = modelWaiting.filter((id) => id !== waiter?.id);
        }
        while (modelHeld.length < most && modelWaiting.length > 0)
          modelHeld.push(modelWaiting.shift() as number);
        await turn();
        assert.deepEqual(new Set(held.map(({ id }) => id)), new Set(modelHeld));
        assert.deepEqual(
          waiting.map(({ id }) => id),
          modelWaiting,
        );
      }
      for (const { leave } of held) leave();
    });
    await assertProperty(property, { seed: 1, numRuns: sample(100, 1000) });
  });

  it('holds no timer while nobody waits for its rate', async () => {
    const limiter = new Limiter({ rate: { limit: 1, interval: 30 } });
    (await limiter.acquire())();
    const controller = new AbortController();
    const waiting = limiter.acquire(controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    assert.deepEqual(
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout'),
      [],
    );
  });
});
