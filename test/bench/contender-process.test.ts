import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ContenderProcess } from '../../bench/harness/child/contender-process.ts';
import { census } from '../census.ts';

census();

const short = new URL('../../bench/cases/flow/items.js', import.meta.url).href;
const plan = { module: short, case: 'short', contender: 'plain loop', turns: 10, part: 1 / 10_000 };

describe('a contender in a process of its own', () => {
  test('answers what it is asked, time and again, and is gone when it is closed', async () => {
    const contender = await ContenderProcess.start(plan);
    try {
      assert.equal(contender.count, 100);
      assert.equal(await contender.ask<'warm'>({ kind: 'warm' }), 100);
      const hash = await contender.ask<'digest'>({ kind: 'digest', count: 100 });
      assert.equal(await contender.ask<'digest'>({ kind: 'digest', count: 100 }), hash);
      for (let round = 0; round < 3; round++) {
        const { time, cpu, peak, delay } = await contender.ask<'run'>({ kind: 'run' });
        assert.ok(time > 0 && cpu >= 0 && peak > 1e6 && delay >= 0);
      }
    } finally {
      await contender.close();
    }
    await contender.close();
  });

  test('says why it cannot start', async () => {
    await assert.rejects(
      ContenderProcess.start({ ...plan, module: 'data:text/javascript,' }),
      /short, plain loop/,
    );
  });
});
