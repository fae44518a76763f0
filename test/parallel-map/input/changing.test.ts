import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parallelMap, parallelMapIterable, parallelMapSettled, pipeline } from 'telar';
import { census } from '../../census.ts';
import { double } from '../../fixtures/tasks/computes.ts';
import { collect } from '../../harness/collect.ts';
import { makeNumbers } from '../../harness/numbers.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

type Run = (input: number[] | Float64Array) => Promise<unknown>;

const options = { pool, chunkSize: 10 };
const forms: Record<string, Run> = {
  parallelMap: (input) => parallelMap(input, double, options),
  'parallelMap with the largest first': (input) =>
    parallelMap(input as number[], double, { pool, cost: (item) => item }),
  parallelMapSettled: async (input) =>
    (await parallelMapSettled(input, double, options)).map(
      (each) => each.status === 'fulfilled' && each.value,
    ),
  parallelMapIterable: (input) => collect(parallelMapIterable(input, double, options)),
  'a pipeline on the workers': (input) => pipeline(input).cpu(double, { chunkSize: 10 }).toArray({ pool }),
  'a pipeline on the event loop': (input) =>
    pipeline(input)
      .io(async (item) => {
        await sleep(0);
        return item * 2;
      })
      .toArray({ pool }),
};

/** Moments at which a call has begun, and may not have ended. */
const moments: Record<string, () => Promise<void> | undefined> = {
  'in the turn of the call': () => undefined,
  'in a later turn': () => sleep(3),
};

for (const [form, run] of Object.entries(forms)) {
  describe(form, () => {
    for (const [moment, wait] of Object.entries(moments)) {
      for (const size of [3, 500]) {
        it(`gives the results of the items that there were at the call: ${size}, and one pushed ${moment}`, async () => {
          const input = makeNumbers(size, size);
          const expected = input.map((item) => item * 2);
          const running = run(input);
          await wait();
          input.push(1);
          assert.deepEqual(await running, expected);
        });
      }
    }
  });
}

describe('an input that loses items while the call runs', () => {
  const isLoss = { name: 'TypeError', message: /keep the 3000 items .* 0 now\. Pass a copy/ };

  it('ends a call that has not come to them', async () => {
    const input = makeNumbers(3000, 1);
    const running = collect(parallelMapIterable(input, double, { pool, chunkSize: 1 }));
    await sleep(0);
    input.length = 0;
    await assert.rejects(running, isLoss);
  });

  it('ends it also where the buffer of a typed array went elsewhere', async () => {
    for (const chunkSize of [1, 10]) {
      const input = Float64Array.from(makeNumbers(3000, 1));
      const running = collect(parallelMapIterable(input, double, { pool, chunkSize }));
      await sleep(0);
      structuredClone(input, { transfer: [input.buffer] });
      await assert.rejects(running, isLoss);
    }
  });

  it('ends a pipeline, behind what came before', async () => {
    const input = makeNumbers(3000, 1);
    const slow = pipeline(input).io(
      async (item) => {
        await sleep(1);
        return item;
      },
      { concurrency: 4 },
    );
    const running = slow.toArray({ pool });
    await sleep(5);
    input.length = 0;
    await assert.rejects(running, isLoss);
  });
});
