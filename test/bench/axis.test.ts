import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAxis, formatTick } from '../../bench/report/html/axis.ts';

describe('an axis', () => {
  test('has room for all values, in their order, and ticks between its ends', () => {
    for (const values of [[1], [0.83, 1, 1.7], [1, 600], [1e4, 1e7]]) {
      const { place, ticks } = createAxis(values);
      const places = values.map(place);
      assert.ok(places.every((at) => at > 0 && at < 1));
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
      );
      assert.ok(ticks.length >= 1 && ticks.length <= 12, String(ticks));
    }
  });

  test('says large numbers shortly', () => {
    assert.deepEqual([0.5, 20, 5000, 10_000, 2e6].map(formatTick), ['0.5', '20', '5000', '10k', '2M']);
  });
});
