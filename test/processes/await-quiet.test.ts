import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { awaitQuiet } from '../../src/flow/processes/await-quiet.ts';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';

census();

const sleeper = new Int32Array(new SharedArrayBuffer(4));

describe('awaitQuiet', () => {
  it('reads first what came while this thread was busy', async () => {
    const folder = await makeFolder('quiet');
    const done = join(folder, 'done');
    const program = `fs.writeSync(3, 'said'); fs.writeFileSync(${JSON.stringify(done)}, '');`;
    const child = spawn(process.execPath, ['-e', program], {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    });
    const pipe = child.stdio[3] as Socket;
    const heard: string[] = [];
    pipe.on('data', (piece) => heard.push(String(piece)));
    const quiet = new Promise<void>((resolve) => void awaitQuiet(pipe, 20, resolve)).then(() =>
      heard.push('quiet'),
    );
    while (!existsSync(done)) Atomics.wait(sleeper, 0, 0, 5);
    Atomics.wait(sleeper, 0, 0, 40);
    await quiet;
    assert.deepEqual(heard, ['said', 'quiet']);
    await removeFolder(folder);
    if (child.exitCode === null) await new Promise((resolve) => child.once('close', resolve));
  });
});
