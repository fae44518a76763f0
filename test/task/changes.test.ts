import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CaptureError } from '../../src/task/capture-error.ts';
import { resolveTask } from '../../src/task/resolve.ts';
import { census } from '../census.ts';
import { listKept } from './changes/kept.ts';
import { listLost } from './changes/lost.ts';

census();

function resolve(task: unknown): CaptureError | undefined {
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

describe('what is read, or may be, is the own affair of the worker', () => {
  for (const [title, task] of listKept()) it(title, () => assert.equal(resolve(task)?.message, undefined));
});
