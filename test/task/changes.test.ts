import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CaptureError } from '../../src/task/definition/capture-error.ts';
import {
  parallelMap,
  parallelMapIterable,
  parallelMapSettled,
  pipeline,
  Pool,
  spawn,
} from '../../src/index.ts';
import { parallelMapInto, parallelReduce } from '../../src/entries/memory.ts';
import { resolveTask } from '../../src/task/resolve-task.ts';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { usePool } from '../harness/pool.ts';
import { listKept } from './changes/kept.ts';
import { listLost } from './changes/lost.ts';

census();

function resolve(task: Function): CaptureError | undefined {
  try {
    void resolveTask(task);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof CaptureError, String(error));
    return error;
  }
}

describe('a change that nobody would see is refused by the name of the variable', () => {
  for (const [title, name, task] of listLost()) {
    it(title, () => {
      const error = resolve(task);
      assert.ok(error !== undefined, 'It was not refused.');
      assert.equal(error.path, name);
      assert.match(error.message, /only changes \(line \d+\): only the worker's copy would change/);
    });
  }

  it('names the lines of the variable and of the change, and the way out', () => {
    const seen: number[] = [];
    const note = (n: number): void => {
      seen.push(n);
    };
    const line = Number(/:(\d+):\d+\)?$/m.exec(new Error().stack ?? '')?.[1]);
    const error = resolve((n: number) => note(n));
    assert.equal(
      error?.message,
      `The task cannot travel to a worker: it uses \`note\` (function, line ${line - 3}), which uses \`seen\` ` +
        `(Array, line ${line - 4}), which it only changes (line ${line - 2}): only the worker's copy would change, ` +
        `and nothing reads that. ${error?.fix}`,
    );
    assert.match(error?.fix ?? '', /Return the value .* reduce\(\).* telar\/memory/);
  });
});

describe('whatever takes the function refuses it before anything runs', () => {
  const pool = usePool({ workers: 1 }, { Pool, parallelMap });
  const seen: number[] = [];
  const note = (n: number): number => {
    seen.push(n);
    return n;
  };
  const fold = { init: () => 0, step: (total: number, n: number) => total + note(n), merge: () => 0 };
  const target = new Float64Array(1);
  for (const [title, call] of [
    ['parallelMap', () => parallelMap([1], note, { pool })],
    ['parallelMap without items', () => parallelMap([], note, { pool })],
    ['parallelMapSettled', () => parallelMapSettled([1], note, { pool })],
    ['parallelMapIterable', () => parallelMapIterable([1], note, { pool })[Symbol.asyncIterator]().next()],
    ['a stage', () => pipeline([1]).cpu(note).run({ pool })],
    [
      'a fused stage',
      () =>
        pipeline([1])
          .cpu((n) => n + 1)
          .cpu(note)
          .toArray({ pool }),
    ],
    ['a fold', () => pipeline([1]).reduce(fold, { pool })],
    ['parallelMapInto', () => parallelMapInto(target, [1], note, { pool })],
    ['parallelReduce', () => parallelReduce([1], fold, { pool })],
    ['spawn', () => spawn(() => ({ value: note(1) }))],
  ] as const) {
    it(title, async () => {
      const reason = await catchReason(call());
      assert.ok(reason instanceof CaptureError, String(reason));
      assert.equal(reason.path, 'seen');
    });
  }
});

describe('what is read, or may be, is the own affair of the worker', () => {
  for (const [title, task] of listKept()) it(title, () => assert.equal(resolve(task)?.message, undefined));
});
