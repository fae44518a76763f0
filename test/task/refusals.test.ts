import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CaptureError } from '../../src/task/definition/capture-error.ts';
import type { TaskDefinition } from '../../src/task/definition/definition.ts';
import { resolveTask } from '../../src/task/resolve-task.ts';
import { captureEarly, refusedTasks } from './conformance/refusals.ts';

const resolveKind = (task: Function): unknown => (resolveTask(task) as TaskDefinition).kind;

function refuse(task: Function): CaptureError {
  try {
    void resolveTask(task);
  } catch (error) {
    assert.ok(error instanceof CaptureError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'The task was not refused.' });
}

describe('what cannot travel is refused before any item runs', () => {
  for (const { title, task, says, path } of refusedTasks) {
    it(title, () => {
      const error = refuse(task);
      const head = task.name === '' ? 'The task' : `\`${task.name}\``;
      const message = error.message.replaceAll(/line \d+/g, 'line LINE');
      assert.equal(message, `${head} cannot travel to a worker: ${says}`);
      assert.ok(says.endsWith(error.fix), error.fix);
      if (path !== undefined) assert.equal(error.path, path === '' ? task.name : path);
    });
  }

  it('names the line where the variable is declared', () => {
    const counter = { value: Promise.resolve() };
    const line = Number(/:(\d+):\d+\)?$/m.exec(new Error().stack ?? '')?.[1]) - 1;
    assert.match(refuse(() => counter).message, new RegExp(`\`counter\` \\(Object, line ${line}\\)`));
  });

  it('a variable that is not initialised yet', () => {
    const message = /which is not initialised yet/;
    assert.throws(() => captureEarly(resolveKind), { name: 'CaptureError', message });
  });

  it('covers at least 40 refusals', () => {
    assert.ok(refusedTasks.length >= 40, `${refusedTasks.length}`);
  });
});
