import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CloneError,
  parallelMapSettled,
  Pool,
  type RunSummary,
  type Settled,
  TaskTimeoutError,
  WorkerError,
} from 'telar';
import { census } from '../../census.ts';
import { makeUndecodable } from '../../fixtures/tasks/undecodable.ts';
import { pass, returnTrap, type Trapped } from '../../fixtures/tasks/traps.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool({ workers: 1, grace: 10 });

const isRight = (outcome: Settled<unknown>, index: number): boolean =>
  outcome.index === index && outcome.status === 'fulfilled' && outcome.value === index;

describe('an item that its worker cannot decode', () => {
  for (const chunkSize of [1, 4]) {
    it(`fails alone, also while an item before it still runs: chunks of ${chunkSize}`, async () => {
      const items = Array.from({ length: 13 }, (_, index) => ({
        index,
        load: index === 6 ? makeUndecodable() : undefined,
      }));
      // A fresh worker: the task is told to it beside the first chunk, which is the one that gets lost.
      for (const culprit of [0, 6]) {
        const own = new Pool({ workers: 1 });
        try {
          const moved = items.map((item, at) => ({
            ...item,
            load: at === culprit ? items[6]?.load : undefined,
          }));
          const outcomes = await parallelMapSettled(moved, pass, { pool: own, chunkSize });
          outcomes.forEach((outcome, index) => {
            if (index !== culprit) return assert.ok(isRight(outcome, index), `item ${index}`);
            assert.ok(outcome.status === 'rejected' && outcome.reason instanceof CloneError);
            assert.equal(outcome.reason.index, culprit);
            assert.equal(outcome.reason.path, 'item.load');
          });
        } finally {
          await own.close();
        }
      }
    });
  }
});

describe('a result', () => {
  const items: Trapped[] = Array.from({ length: 9 }, (_, index) => ({ index, trap: undefined }));
  const cases = [
    ['that cannot be decoded', 'undecodable', CloneError],
    ['whose getter ends the worker', 'exits', WorkerError],
    ['whose getter never returns', 'loops', TaskTimeoutError],
  ] as const;
  for (const [title, trap, fails] of cases) {
    for (const culprit of [0, 3, 8]) {
      it(`${title} fails its own item, wherever that stands in its chunk: ${culprit}`, async () => {
        let summary: RunSummary | undefined;
        const outcomes = await parallelMapSettled(
          items.map((item) => (item.index === culprit ? { ...item, trap } : item)),
          returnTrap,
          { pool, chunkSize: 9, timeout: 500, onSummary: (given) => (summary = given) },
        );
        outcomes.forEach((outcome, index) => {
          if (index !== culprit) return assert.ok(isRight(outcome, index), `item ${index}`);
          assert.ok(outcome.status === 'rejected' && outcome.reason instanceof fails);
          assert.equal(outcome.reason.index, culprit);
          assert.equal(outcome.attempts, 1);
        });
        assert.equal(summary?.failed, 1);
        // Getters of the first result run earlier, when its size is estimated, and so name their item.
        if (culprit > 0) assert.equal(summary.repeated, 9);
      });
    }
  }
});
