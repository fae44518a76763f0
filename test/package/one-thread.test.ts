import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';

const bundle = (name: string): string => JSON.stringify(new URL(`dist/bundle/${name}`, root).href);

/** The entry of a worker and the Telar that this module imports are two copies of the same code. */
const tasks = `
import { writeSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { parallelMap, perWorker, TelarError, transfer } from ${bundle('telar.js')};
import { AtomicCounter, Channel, Mutex } from ${bundle('memory.js')};

const opened = perWorker(() => ({ [Symbol.dispose]: () => writeSync(1, 'disposed\\n') }));
export const open = () => typeof opened();
export class Opener { open() { return open(); } }

export const nest = async () => {
  const threads = await parallelMap([1, 2], () => process.getBuiltinModule('node:worker_threads').threadId);
  return threads.every((id) => id === threadId);
};
export const recognise = async ({ mutex, counter, channel }) => {
  channel.close();
  const refusal = await channel.send(1).catch((error) => error);
  class Named extends Mutex {}
  return [mutex instanceof Mutex, counter instanceof AtomicCounter, channel instanceof Channel, refusal instanceof TelarError, mutex instanceof AtomicCounter, mutex instanceof Named];
};
export const share = (counter) => counter;
export const give = () => transfer(new Uint8Array(8));
`;

const main = `
import { parallelMap, Pool, spawn } from ${bundle('telar.js')};
import { AtomicCounter, Channel, Mutex } from ${bundle('memory.js')};
import { give, nest, open, Opener, recognise, share } from './tasks.mjs';

const say = (value) => console.log(JSON.stringify(value));
const ways = {
  async run(isolate) {
    const pool = new Pool({ workers: 1, isolate });
    say(await parallelMap([1], open, { pool }));
    await pool.close();
  },
  async spawned() {
    const opener = await spawn(Opener);
    say([await opener.open()]);
    await spawn.close(opener);
  },
  async nested() {
    say(await parallelMap([1], nest, { workers: 1 }));
  },
  async shared() {
    const options = { workers: 1 };
    const counter = new AtomicCounter();
    say(await parallelMap([{ counter, mutex: new Mutex(), channel: new Channel({ capacity: 1 }) }], recognise, options));
    const [same] = await parallelMap([counter], share, options);
    same.add(1);
    say([counter.value, (await parallelMap([1], give, options))[0].length]);
  },
};
const [way, ...args] = process.argv.slice(2);
await ways[way](...args);
`;

describe('a module of tasks that imports Telar itself', () => {
  let folder: string;
  before(async () => {
    folder = await makeFolder('one-thread');
    await writeFile(join(folder, 'tasks.mjs'), tasks);
    await writeFile(join(folder, 'main.mjs'), main);
  });
  after(() => removeFolder(folder));

  const run = (...args: readonly string[]): Promise<string> =>
    runProgram(process.execPath, ['main.mjs', ...args], folder);

  for (const isolate of ['thread', 'process']) {
    test(`has its perWorker values disposed when its ${isolate} closes`, async () => {
      assert.equal(await run('run', isolate), '["object"]\ndisposed\n');
    });
  }

  test('has its perWorker values disposed when its spawned object closes', async () => {
    assert.equal(await run('spawned'), '["object"]\ndisposed\n');
  });

  test('starts runs on the worker that it is on', async () => {
    assert.equal(await run('nested'), '[true]\n');
  });

  test('knows what came to it by its own classes, and sends it on', async () => {
    assert.equal(await run('shared'), '[[true,true,true,true,false,false]]\n[1,8]\n');
  });
});
