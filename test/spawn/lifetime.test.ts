import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { spawn } from 'telar';
import { census } from '../census.ts';
import { runProgram } from '../harness/program.ts';
import { Counter } from '../fixtures/spawn/counter.ts';

census();

const run = (name: string): Promise<string> =>
  runProgram(process.execPath, [
    fileURLToPath(new URL('../fixtures/spawn/lifetime.js', import.meta.url)),
    name,
  ]);

describe('a spawned object and its process', () => {
  test('an idle object does not keep it alive', async () => {
    assert.equal(await run('idle'), '1\n');
  });

  test('a pending call does', async () => {
    assert.equal(await run('pending'), '2\n');
  });

  test('neither does a restart that nobody waits for, a callback that was lent, nor an open stream', async () => {
    assert.equal(await run('dead'), 'died\n');
    assert.equal(await run('kept'), 'kept\n');
    assert.equal(await run('streaming'), '0\n');
  });

  test('what it prints arrives, also right before it is closed', async () => {
    assert.equal(await run('output'), 'line 1\nline 2\nline 3\n');
  });

  test('an object that has timers of its own ends when it is closed', async () => {
    const ticking = await spawn(() => {
      let ticks = 0;
      setInterval(() => ticks++, 1);
      return { read: () => ticks };
    });
    await ticking.read();
    await spawn.close(ticking);
  });

  test('objects of one process do not meet', async () => {
    await using one = await spawn(Counter, [1]);
    await using other = await spawn(Counter, [1]);
    await one.add(5);
    assert.deepEqual([await one.size, await other.size], [6, 1]);
  });
});
