import assert from 'node:assert/strict';
import { appendFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { tail, type TailOptions } from 'telar/files';
import { pipeline } from 'telar';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();
let folder = '';
let files = 0;
before(async () => {
  folder = await makeFolder('tail');
});
after(() => removeFolder(folder));

function newPath(): string {
  return join(folder, `app-${++files}.log`);
}

/** Follows a file until it has given some lines. */
function follow(path: string, count: number, options: TailOptions = {}): Promise<string[]> {
  const lines: string[] = [];
  return (async () => {
    for await (const line of tail(path, { interval: 20, rotateWait: 40, ...options })) {
      lines.push(line);
      if (lines.length === count) break;
    }
    return lines;
  })();
}

describe('tail', () => {
  it('begins at the end, and gives lines as they are completed', async () => {
    const path = newPath();
    await writeFile(path, 'old\n');
    const lines = follow(path, 3);
    await sleep(30);
    await appendFile(path, 'one\r\ntw');
    await sleep(30);
    await appendFile(path, 'o\nthree\nfour');
    assert.deepEqual(await lines, ['one', 'two', 'three']);
  });

  it('begins at the start, or at a byte', async () => {
    const path = newPath();
    await writeFile(path, 'a\nb\nc\n');
    assert.deepEqual(await follow(path, 3, { from: 'start' }), ['a', 'b', 'c']);
    assert.deepEqual(await follow(path, 1, { from: 4 }), ['c']);
  });

  it('waits for a file that is not there yet', async () => {
    const path = newPath();
    const lines = follow(path, 1);
    await sleep(30);
    await writeFile(path, 'first\n');
    assert.deepEqual(await lines, ['first']);
  });

  it('reads a renamed file to its end, and goes on with the one that took its place', async () => {
    const path = newPath();
    await writeFile(path, '');
    const lines = follow(path, 4, { from: 'start' });
    await appendFile(path, 'one\n');
    await sleep(30);
    await rename(path, `${path}.1`);
    await appendFile(`${path}.1`, 'two\nthree without an end');
    await writeFile(path, 'four\n');
    assert.deepEqual(await lines, ['one', 'two', 'three without an end', 'four']);
  });

  it('begins anew in a file that was cut', async () => {
    const path = newPath();
    await writeFile(path, 'one\ntwo\n');
    const lines = follow(path, 3, { from: 'start' });
    await sleep(40);
    await truncate(path, 0);
    await sleep(60);
    await appendFile(path, 'new\n');
    assert.deepEqual(await lines, ['one', 'two', 'new']);
  });

  it('loses and doubles nothing while a writer appends in pieces of any size', async () => {
    const path = newPath();
    const expected = Array.from({ length: 2000 }, (_, at) => `line ${at} ünïcödé 🧵`);
    const bytes = Buffer.from(`${expected.join('\n')}\n`);
    const lines = follow(path, expected.length);
    await sleep(20);
    for (let from = 0, step = 1; from < bytes.length; from += step, step = (step * 7 + 3) % 4096) {
      await appendFile(path, bytes.subarray(from, from + step));
    }
    assert.deepEqual(await lines, expected);
  });

  it('gives a line beyond maxLineBytes in pieces', async () => {
    const path = newPath();
    await writeFile(path, `${'x'.repeat(200_000)}\nshort\n`);
    const lines = await follow(path, 3, { from: 'start', maxLineBytes: 100_000 });
    assert.equal(lines.at(-1), 'short');
    assert.equal(lines[0]?.length === 200_000, false);
    assert.equal(lines.slice(0, -1).join(''), 'x'.repeat(200_000));
  });

  it('ends with the reason of its signal, also while it waits', async () => {
    const controller = new AbortController();
    const lines = follow(newPath(), 1, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 30);
    await assert.rejects(lines, /enough/);
  });

  it('is a source of pipelines', async () => {
    const path = newPath();
    await writeFile(path, 'a\nb\nc\n');
    const seen: string[] = [];
    for await (const line of pipeline(tail(path, { from: 'start', interval: 20 }))
      .cpu((text) => text.toUpperCase())
      .iterate({ pool })) {
      seen.push(line);
      if (seen.length === 3) break;
    }
    assert.deepEqual(seen, ['A', 'B', 'C']);
  });

  it('says at the call what is wrong', () => {
    assert.throws(() => tail(5 as never), /Expected the path/);
    assert.throws(() => tail('a', { from: -1 }), /Expected `from`/);
    assert.throws(() => tail('a', { poll: 5 } as never), /Unknown option/);
  });
});
