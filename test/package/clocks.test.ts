import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { runProgram } from '../harness/program.ts';
import { root } from '../harness/root.ts';

const telar = JSON.stringify(new URL('dist/bundle/telar.js', root).href);

/** Stops the clocks of the program, as fake timers do, and lets none of them run again. */
const main = `
import { parallelMap, pipeline } from ${telar};
const stopped = () => ({ unref() {}, ref() {} });
Object.assign(globalThis, { setTimeout: stopped, setInterval: stopped, setImmediate: stopped });
performance.now = () => 0;
const k = 2;
console.log(JSON.stringify(await parallelMap([1, 2], (x) => x * k)));
console.log(JSON.stringify(await pipeline([1, 2]).io(async (x) => x).cpu((x) => x * k).toArray()));
await parallelMap([1], () => { for (;;); }, { timeout: 50 }).catch(({ name }) => console.log(name));
`;

test('calls, their timeouts and the end of the program do not hang on stopped clocks', async () => {
  const folder = await makeFolder('clocks');
  try {
    await writeFile(join(folder, 'main.mjs'), main);
    const printed = await runProgram(process.execPath, ['main.mjs'], folder);
    assert.deepEqual(printed.trim().split('\n'), ['[2,4]', '[2,4]', 'TaskTimeoutError']);
  } finally {
    await removeFolder(folder);
  }
});
