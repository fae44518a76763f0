import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countRuns, pickCalmest, type Round } from '../../bench/harness/rounds.ts';
import { median, quantile, spreadOf, spreadOfPairs } from '../../bench/harness/statistics.ts';
import { summarise } from '../../bench/report/summarise.ts';
import { cores } from '../../bench/report/machine.ts';

describe('the statistics of the bench', () => {
  test('take the middle of an odd number of values, and between the two of an even one', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([7]), 7);
    assert.ok(Number.isNaN(median([])));
  });

  test('sort by value, not by text', () => assert.equal(median([10, 9, 100]), 10));

  test('interpolate quantiles', () => {
    const values = Array.from({ length: 101 }, (_, at) => at);
    assert.equal(quantile(values, 0.99), 99);
    assert.equal(quantile([0, 10], 0.25), 2.5);
  });

  test('give the median with the lowest and the highest round', () => {
    assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, low: 1, high: 3, rounds: 3 });
  });

  test('take the median of the ratios of each round, not the ratio of the medians', () => {
    const ratio = spreadOfPairs([2, 30, 4], [1, 10, 4], (one, other) => one / other);
    assert.deepEqual(ratio, { median: 2, low: 1, high: 3, rounds: 3 });
    assert.throws(() => spreadOfPairs([1], [], (one) => one), RangeError);
  });

  test('leave out the runs of a contender that others disturbed', () => {
    const rounds = [0.5, 0, 0.1].map((disturbance): Round => [sample(1, 1), sample(1, 1, disturbance)]);
    assert.deepEqual(pickCalmest(rounds, 1, 2), [rounds[1], rounds[2]]);
    assert.deepEqual(pickCalmest(rounds, 0, 3), rounds);
  });

  test('have the runs of peers in one round of three, and compare them with the others of that round', () => {
    assert.deepEqual(
      [1, 2, 3, 5].map((count) => countRuns(count, true)),
      [1, 1, 1, 2],
    );
    assert.deepEqual(
      [1, 3].map((count) => countRuns(count, false)),
      [1, 3],
    );
    const contenders = [
      { name: 'loop', role: 'loop' },
      { name: 'peer', role: 'peer' },
    ] as const;
    const rounds: Round[] = [10, 20, 30].map((cpu, round) => [
      sample(1, cpu),
      round === 1 ? sample(1, 40) : undefined,
    ]);
    const [, peer] = summarise(contenders, rounds, 1, 3);
    assert.deepEqual(peer?.work, { median: 2, low: 2, high: 2, rounds: 1 });
  });

  test('compare with the program by hand, and with the CPU time of the plain loop, spread over all cores', () => {
    const contenders = [
      { name: 'loop', role: 'loop' },
      { name: 'by hand', role: 'limit' },
      { name: 'a tenth', role: 'peer', share: 1 / 10 },
    ] as const;
    const round: Round = [sample(1000, 900), sample(500, 990), sample(100, 180)];
    const [loop, all, tenth] = summarise(contenders, [round], 100, 1);
    assert.equal(loop?.work.median, 1);
    assert.equal(loop?.overhead.median, 0);
    assert.equal(all?.ideal.median, 500 / (900 / cores));
    assert.equal(all?.work.median, 1.1);
    assert.equal(all?.overhead.median, 900);
    assert.equal(tenth?.ideal.median, 100 / (90 / cores));
    assert.equal(tenth?.work.median, 2);
    assert.equal(tenth?.time.median, 1000);
    assert.equal(tenth?.ratio?.median, 100 / 50);
    assert.equal(all?.ratio?.median, 1);
  });
});

function sample(time: number, cpu: number, disturbance = 0): Round[number] {
  return { time, cpu, disturbance, delay: 1, peak: 1e6 };
}
