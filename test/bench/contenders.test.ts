import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TimedCase } from '../../bench/cases/case.ts';
import { buffers } from '../../bench/cases/flow/buffers.ts';
import { longItems } from '../../bench/cases/flow/long-items.ts';
import { numbers } from '../../bench/cases/flow/numbers.ts';
import { objects } from '../../bench/cases/flow/objects.ts';
import { shortItems } from '../../bench/cases/flow/short-items.ts';
import { computeFloor, makeSkewedItems, skewedItems } from '../../bench/cases/flow/skewed-items.ts';
import { listStarts } from '../../bench/cases/process/cold-start.ts';
import { listStreams } from '../../bench/cases/process/stream.ts';
import { checkResults } from '../../bench/harness/check-results.ts';
import { runProgram } from '../../bench/harness/run-program.ts';
import { census } from '../census.ts';

census();

/** Turns of the work loop in a microsecond: enough that the items differ. */
const TURNS = 10;

describe('all contenders give the results of the plain loop', () => {
  const check = async <Input extends ArrayLike<unknown>, Output>(
    { open }: TimedCase<Input, Output>,
    part: number,
  ): Promise<void> => {
    const comparison = open(TURNS, part);
    try {
      await checkResults(comparison);
    } finally {
      await comparison.close();
    }
  };

  test('on short items', () => check(shortItems, 1 / 50));
  test('on long items', () => check(longItems, 1 / 50));
  test('on skewed items', () => check(skewedItems, 1));
  test('on buffers', () => check(buffers, 1 / 20));
  test('on numbers', () => check(numbers, 1 / 50));
  test('on objects', () => check(objects, 1 / 20));

  test('in a cold start', async () => {
    const starts = Object.values(listStarts(TURNS));
    const results: unknown[] = [];
    for (const args of starts) {
      results.push((await runProgram<{ results: unknown }>('cold-start', ...args)).said.results);
    }
    for (const result of results) assert.deepEqual(result, results[0]);
  });

  test('as a stream, also to a slow reader', async () => {
    const said: { items: number; checksum: number }[] = [];
    for (const args of Object.values(listStreams(TURNS, 30_000))) {
      said.push((await runProgram<{ items: number; checksum: number }>('stream', ...args)).said);
    }
    for (const { items, checksum } of said) {
      assert.equal(items, 30_000);
      assert.equal(checksum, said[0]?.checksum);
    }
  });
});

describe('the check of results', () => {
  const close = async (): Promise<void> => {};
  const loop = { name: 'loop', run: (items: readonly number[]) => items.map((item) => item + 1) };

  test('finds a contender that differs, or loses something', async () => {
    const wrong = { name: 'wrong', run: (items: readonly number[]) => items };
    const short = { name: 'short', run: () => [2] };
    await assert.rejects(
      checkResults({ input: [1, 2], contenders: [loop, wrong], close }),
      /wrong gave another result than loop for item 0: 1 instead of 2/,
    );
    await assert.rejects(
      checkResults({ input: [1, 2], contenders: [loop, short], close }),
      /short gave 1 results for 2 items/,
    );
  });
});

describe('the skewed items', () => {
  test('cost 1.22 × the limit on two workers, when the long one is not announced', () => {
    const floor = computeFloor(makeSkewedItems(250, 1000), 2);
    assert.ok(Math.abs(floor - 1.22) < 0.005, String(floor));
  });

  test('can reach the limit, largest first', () => {
    const largestFirst = [...makeSkewedItems(250, 1000)].sort((a, b) => b - a);
    assert.ok(computeFloor(largestFirst, 2) < 1.001);
  });
});
