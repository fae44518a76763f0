import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cases } from '../../bench/cases/all-cases.ts';
import { computeFloor, makeSkewedItems } from '../../bench/cases/flow/skewed-items.ts';
import { readGoals } from '../../bench/report/goals.ts';
import { judge } from '../../bench/report/text/print.ts';
import { sample } from '../harness/long.ts';

/** Turns of the work loop in a microsecond: enough that the items differ. */
const TURNS = 10;

/** One question of each kind is asked here: `npm run test:all` asks all. */
const SOME: readonly string[] = ['capture', 'into', 'spawned'];

describe('each case runs at its smallest size, and its contenders agree', () => {
  const some = cases.filter(({ name }) => SOME.includes(name));
  assert.equal(some.length, SOME.length);
  for (const asked of sample(some, cases)) {
    test(asked.name, async () => {
      const answer = await asked.measure({ rounds: 1, turns: TURNS, size: 'tiny' });
      assert.ok(answer.rows.length > 0);
      for (const row of answer.rows) assert.equal(row.length, answer.head.length);
      for (const { name, time } of answer.contenders ?? []) assert.ok(time.median > 0, name);
      // Every figure has its goal.
      judge([answer], readGoals());
    });
  }
});

describe('the skewed items', () => {
  test('cost 1.22 × the ideal on two workers, when the long one is not announced', () => {
    const floor = computeFloor(makeSkewedItems(250, 1000), 2);
    assert.ok(Math.abs(floor - 1.22) < 0.005, String(floor));
  });

  test('can reach the ideal, largest first', () => {
    const largestFirst = [...makeSkewedItems(250, 1000)].sort((a, b) => b - a);
    assert.ok(computeFloor(largestFirst, 2) < 1.001);
  });
});
