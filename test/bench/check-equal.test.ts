import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkEqual, type Named } from '../../bench/harness/child/check-equal.ts';
import { digest } from '../../bench/harness/child/digest.ts';
import type { Ask } from '../../bench/harness/child/messages.ts';

/** A contender without a process: it has its results. */
function pretend(name: string, results: readonly unknown[], count: number): Named {
  const answers = {
    warm: () => results.length,
    digest: (ask: Ask) => digest(results, ask.kind === 'digest' ? ask.count : 0),
    show: (ask: Ask) => JSON.stringify(results[ask.kind === 'show' ? ask.at : 0]),
    run: () => undefined,
  };
  const process = { count, ask: (ask: Ask) => Promise.resolve(answers[ask.kind](ask)) };
  return { name, process: process as unknown as Named['process'] };
}

describe('the check of results', () => {
  const expected = Array.from({ length: 25_013 }, (_, at) => ({ at }));
  const loop = pretend('loop', expected, expected.length);

  test('takes equal results, also of a part of the items', async () => {
    await checkEqual([loop, pretend('same', structuredClone(expected), expected.length)]);
    await checkEqual([loop, pretend('part', expected.slice(0, 101), 101)]);
  });

  test('names the first item that differs, wherever it is', async () => {
    for (const at of [0, 9_999, 10_000, 25_012]) {
      const wrong = expected.with(at, { at: -1 });
      await assert.rejects(
        checkEqual([loop, pretend('wrong', wrong, wrong.length)]),
        new RegExp(`wrong gave another result than loop for item ${at}: {"at":-1} instead of {"at":${at}}`),
      );
    }
  });

  test('finds that something was lost', async () => {
    const short = pretend('short', expected.slice(1), expected.length);
    await assert.rejects(checkEqual([loop, short]), /short gave 25012 results for 25013 items/);
  });
});
