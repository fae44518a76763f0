import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sample } from '../harness/long.ts';
import { runProgram } from '../harness/program.ts';

const calls = sample('600', '100000');
const cycles = sample('10', '1000');

interface Left {
  readonly heapKb: number;
  readonly rssMb: number;
  readonly resources: object;
  readonly listeners: number;
}

describe('calls, and objects that were closed', () => {
  test('leave memory, listeners and ports where they were', async (context) => {
    const program = fileURLToPath(new URL('../fixtures/spawn/leaks.js', import.meta.url));
    const said = await runProgram(process.execPath, ['--expose-gc', program, calls, cycles]);
    const { before, afterCalls, afterCycles } = JSON.parse(said) as Record<string, Left>;
    context.diagnostic(`${calls} calls, ${cycles} cycles: ${said.trim()}`);
    for (const after of [afterCalls, afterCycles]) {
      assert.deepEqual(after?.resources, before?.resources);
      assert.equal(after?.listeners, before?.listeners);
      // Some 500 KB are there after 500 objects, of code that has become warm, and 700 after 3,000: Node keeps 130 bytes of
      // each thread. What 100 objects left was once 940 KB, and a call that left 100 bytes would be seen in 100,000.
      assert.ok((after?.heapKb ?? 0) - (before?.heapKb ?? 0) < 1024, said);
    }
  });
});
