import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';

const telar = JSON.stringify(new URL('dist/bundle/telar.js', root).href);
const memory = JSON.stringify(new URL('dist/bundle/memory.js', root).href);

/** Features that Bun, Deno and a Node built without its inspector lack, each in its way. */
const gaps: Readonly<Record<string, string>> = {
  'whose inspector gives nothing': 'Session.prototype.post = function () { return null; };',
  'whose inspector never answers': 'Session.prototype.post = function () {};',
  'that denies its inspector': "Session.prototype.connect = () => { throw new Error('denied'); };",
};

const tasks = `
import { basename } from 'node:path';
const Set = class { get size() { return 'ours'; } };
export const twice = (x) => x * 2;
export const name = (path) => basename(path);
export class Doubler { double(x) { return twice(x); } }
const hidden = [(x) => x + 1, (x) => basename(x), () => new Set().size];
export const find = (at) => hidden[at];
`;

/** Calls what it is given, as helpers of a program do, and has a function that reads as one of the program does. */
const helper = `
import { parallelMap } from ${telar};
import { name as twice } from './tasks.mjs';
export const call = (items, task) => parallelMap(items, task);
export const lookalike = (x) => [twice(x)];
`;

const main = `
import { basename } from 'node:path';
import { importTasks, parallelMap, pipeline, skip, spawn } from ${telar};
import { parallelMapInto, parallelReduce } from ${memory};
import * as all from './tasks.mjs';
import { call, lookalike } from './helper.mjs';
import { Doubler, find, name, twice } from './tasks.mjs';
const k = 2;
const size = -2, isOn = true, isOff = false, none = null, big = 3n, text = \`a b\`;
const kept = [k][0];
const say = (promise) => promise.then((value) => console.log(JSON.stringify(value)), (error) => console.log(error.name, error.message));
await say(parallelMap([1, 2], importTasks(new URL('./tasks.mjs', import.meta.url)).twice));
await say(parallelMap([1, 2], twice));
await say(parallelMap(['a/b'], name));
await say(parallelMap([1, 2], all.twice));
await say(parallelMap([1, 2], (x) => Math.max(x, 2)));
await say(parallelMap(['a/b'], (path) => basename(path)));
await say(parallelMap([1, 2], (x) => (x > 1 ? twice(x) : skip)));
await say(pipeline([1, 2]).cpu(async (x) => x + 1).toArray());
await say(spawn(Doubler).then(async (doubler) => { const four = await doubler.double(2); await spawn.close(doubler); return four; }));
await say(parallelMapInto(new Uint8Array(2), Uint8Array.of(3, 4), (x) => x + 1).then((bytes) => [...bytes]));
await say(parallelReduce(Uint8Array.of(3, 4), { init: () => 0, step: (a, x) => a + x, merge: (a, b) => a + b }));
await say(parallelMap([1], find(0)));
await say(parallelMap([1], (x) => x * k));
await say(parallelMap([1], (x) => [x, size, isOn, isOff, none, String(big), text]));
await say(parallelMap(['a/b'], find(1)));
await say(call([1, 2], twice));
await say(parallelMap(['a/b'], lookalike));
await say(parallelMap([1], (x) => x * kept));
await say(parallelMap([1], find(2)));
await say(parallelMap([1], Math.max.bind(undefined, 1)));
await say(parallelMap([1], (x) => [twice(x)]));
await say(parallelMapInto(new Uint8Array(1), [1], (x) => x * kept));
await say(pipeline([1]).cpu((x) => x * kept).reduce({ init: () => kept, step: (a, x) => a + x * kept, merge: (a) => a }));
await say(spawn(class { read() { return kept; } }));
`;

describe('on a host', () => {
  let folder: string;
  before(async () => {
    folder = await makeFolder('hosts');
    await writeFile(join(folder, 'tasks.mjs'), tasks);
    await writeFile(join(folder, 'helper.mjs'), helper);
    await writeFile(join(folder, 'main.mjs'), main);
  });
  after(() => removeFolder(folder));

  for (const [gap, code] of Object.entries(gaps)) {
    test(`${gap}, functions without hidden state travel, and others are refused by name`, async () => {
      const text = `const { Session } = require('node:inspector'); if (require('node:worker_threads').isMainThread) { ${code} }`;
      await writeFile(join(folder, 'gap.cjs'), text);
      const lines = (await runProgram(process.execPath, ['--require', './gap.cjs', 'main.mjs'], folder))
        .trim()
        .split('\n');
      const expected = [
        '[2,4]',
        '[2,4]',
        '["b"]',
        '[2,4]',
        '[2,2]',
        '["b"]',
        '[4]',
        '[2,3]',
        '4',
        '[4,5]',
        '7',
        '[2]',
        '[2]',
        '[[1,-2,true,false,null,"3","a b"]]',
        '["b"]',
        '[2,4]',
        '[["b"]]',
      ];
      assert.deepEqual(lines.slice(0, expected.length), expected);
      const refused = lines.slice(expected.length);
      assert.equal(refused.length, 7);
      for (const line of refused) assert.match(line, /^CaptureError .*inspector.*importTasks\(\)/);
      assert.match(refused[0] as string, /it uses `kept`.*this host \(Node \d/);
      assert.match(refused[3] as string, /is written at 2 places/);
    });
  }
});
