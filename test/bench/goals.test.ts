import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compareWithGoal, type Goal, readGoals } from '../../bench/report/goals.ts';
import { formatNumber, formatTable } from '../../bench/report/table.ts';

describe('the goals of the bench', () => {
  const goals: readonly Goal[] = [
    { id: 'time', goal: 5, unit: 'ms', direction: 'at most', source: '' },
    { id: 'answered', goal: 100, unit: 'calls', direction: 'at least', source: '' },
  ];
  const shortBy = (id: string, value: number): number => compareWithGoal({ id, value }, goals).shortBy;
  const isReached = (id: string, value: number): boolean => compareWithGoal({ id, value }, goals).isReached;

  test('are reached at the goal itself, from either side', () => {
    assert.equal(isReached('time', 5), true);
    assert.equal(isReached('time', -3), true);
    assert.equal(isReached('answered', 100), true);
    assert.equal(shortBy('answered', 101), 0);
  });

  test('say by how much a figure falls short', () => {
    assert.equal(shortBy('time', 7), 2);
    assert.equal(shortBy('answered', 60), 40);
  });

  test('are not reached by what could not be measured', () => {
    assert.equal(isReached('time', Number.NaN), false);
    assert.equal(isReached('answered', Number.NaN), false);
  });

  test('refuse a figure that has none', () => {
    assert.throws(() => compareWithGoal({ id: 'tim', value: 1 }, goals), /no goal for the figure "tim"/);
  });

  test('are complete and stand in the file once each', () => {
    const ids = readGoals().map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { goal, unit, direction, source } of readGoals()) {
      assert.ok(Number.isFinite(goal));
      assert.ok(unit.length > 0 && source.length > 0);
      assert.ok(direction === 'at most' || direction === 'at least');
    }
  });
});

describe('the tables of the bench', () => {
  test('align text to the left and numbers to the right', () => {
    const table = formatTable(
      ['name', 'ms'],
      [
        ['a', '1.0'],
        ['long name', '20.0'],
      ],
    );
    assert.equal(table, 'name          ms\na            1.0\nlong name   20.0');
  });

  test('show three digits', () => {
    assert.deepEqual([0.12345, 1.2345, 123.45, 12345.6, 3].map(formatNumber), [
      '0.123',
      '1.23',
      '123.5',
      '12346',
      '3',
    ]);
  });
});
