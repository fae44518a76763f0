import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tail } from 'telar/files';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';

census();
let folder = '';
before(async () => {
  folder = await makeFolder('rotation');
});
after(() => removeFolder(folder));

const GENERATIONS = 8;
/** Fewer each time, so that a file that was cut is shorter than it was whenever it is looked at. */
const countLines = (generation: number): number => (GENERATIONS - generation) * 150;

/** Appends in odd pieces; goes on to the next generation when it is told that this one was read. */
const WRITER = `
  import { appendFileSync, closeSync, openSync, renameSync, truncateSync, writeSync } from 'node:fs';
  const [path, way, generations] = process.argv.slice(1);
  const count = ${countLines.toString().replaceAll('GENERATIONS', '8')};
  let handle = openSync(path, 'a');
  const write = (generation) => {
    const lines = Array.from({ length: count(generation) }, (_, n) => generation + ': ' + n + ' ünïcödé 🧵\\r\\n');
    const bytes = Buffer.from(lines.join(''));
    for (let from = 0, step = 1; from < bytes.length; from += step, step = (step * 7 + 3) % 1021)
      writeSync(handle, bytes, from, Math.min(step, bytes.length - from));
  };
  let generation = 0;
  write(generation);
  process.stdin.on('data', () => {
    if (++generation === Number(generations)) return process.stdin.destroy();
    if (way === 'rename') {
      renameSync(path, path + '.' + generation);
      // A program that has not heard of it yet.
      writeSync(handle, 'late ' + generation);
      closeSync(handle);
      handle = openSync(path, 'a');
    } else truncateSync(path, 0);
    write(generation);
  });
`;

async function follow(way: 'rename' | 'truncate'): Promise<{ read: string[]; expected: string[] }> {
  const path = join(folder, `${way}.log`);
  const script = ['--input-type=module', '-e', WRITER, path, way, String(GENERATIONS)];
  const read: string[] = [];
  const expected: string[] = [];
  const lasts = new Set<string>();
  for (let generation = 0; generation < GENERATIONS; generation++) {
    for (let n = 0; n < countLines(generation); n++) expected.push(`${generation}: ${n} ünïcödé 🧵`);
    lasts.add(expected.at(-1) as string);
    if (way === 'rename' && generation + 1 < GENERATIONS) expected.push(`late ${generation + 1}`);
  }
  const lines = tail(path, { from: 'start', interval: 20, rotateWait: 60 });
  const writer = spawn(process.execPath, script, { stdio: ['pipe', 'inherit', 'inherit'] });
  const closed = once(writer, 'close');
  for await (const line of lines) {
    read.push(line);
    if (lasts.has(line)) writer.stdin.write('next');
    if (line === expected.at(-1)) break;
  }
  await closed;
  return { read, expected };
}

describe('tail, of what another process writes', () => {
  for (const way of ['rename', 'truncate'] as const) {
    it(`loses and doubles nothing (${way})`, async () => {
      const { read, expected } = await follow(way);
      assert.deepEqual(read, expected);
    });
  }
});
