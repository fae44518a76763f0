import assert from 'node:assert/strict';
import { it } from 'node:test';
import { resolveTask } from '../../src/task/resolve-task.ts';

/** Makes a function as `jest.fn`, `vi.fn` and Sinon do: it notes its calls, and has more functions on it. */
function mock(mark: string): (x: number) => number {
  const calls: unknown[] = [];
  const fn = (x: number): number => calls.push(x);
  return Object.assign(fn, { [mark]: true, mockClear: () => void (calls.length = 0) });
}

for (const mark of ['_isMockFunction', 'isSinonProxy']) {
  const says =
    /is a mock, and mocks live in the thread of the test only. Give the task a plain function.*importTasks/;
  it(`a mock with ${mark} is refused, as the task and inside of it`, () => {
    const double = mock(mark);
    assert.throws(() => resolveTask(double), { name: 'CaptureError', message: says });
    assert.throws(() => resolveTask((x: number) => double(x)), { name: 'CaptureError', message: says });
    const service = { double };
    assert.throws(() => resolveTask((x: number) => service.double(x)), {
      name: 'CaptureError',
      message: /a mock, and mocks live/,
    });
  });
}
