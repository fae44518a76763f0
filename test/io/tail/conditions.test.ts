import assert from 'node:assert/strict';
import { appendFile, mkdir, open, rename, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { tail, type TailedLine, type TailOptions } from 'telar/files';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';

census();
let folder = '';
let files = 0;
before(async () => {
  folder = await makeFolder('tail-conditions');
});
after(() => removeFolder(folder));

const newPath = (): string => join(folder, `app-${++files}.log`);

/**
 * Follows until it has given so many lines; resolves the second promise once it stands at its start, and the third once
 * it has given a line.
 */
function follow<T>(
  open_: (options: TailOptions) => AsyncIterable<T>,
  count: number,
  options: TailOptions = {},
): { lines: Promise<T[]>; ready: Promise<void>; first: Promise<void> } {
  let onReady: () => void = () => {};
  let onFirst: () => void = () => {};
  const first = new Promise<void>((resolve) => (onFirst = resolve));
  const ready = new Promise<void>((resolve) => (onReady = resolve));
  const lines = (async () => {
    const read: T[] = [];
    for await (const line of open_({ interval: 20, rotateWait: 150, onReady, ...options })) {
      read.push(line);
      onFirst();
      if (read.length === count) break;
    }
    return read;
  })();
  return { lines, ready, first };
}

describe('tail', () => {
  it('says when it stands at its start: what is written from then on comes', async () => {
    for (let tries = 0; tries < 5; tries++) {
      const path = newPath();
      await writeFile(path, 'old\n');
      const { lines, ready } = follow((options) => tail(path, options), 1);
      await ready;
      await appendFile(path, 'new\n');
      assert.deepEqual(await lines, ['new']);
    }
  });

  it('waits while there is a folder in the place of its file', async () => {
    const path = newPath();
    await mkdir(path);
    const { lines, ready, first } = follow((options) => tail(path, options), 2);
    await ready;
    await rmdir(path);
    await writeFile(path, 'one\n');
    await first;
    await rename(path, `${path}.1`);
    await mkdir(path);
    await sleep(60);
    await appendFile(`${path}.1`, 'two\n');
    assert.deepEqual(await lines, ['one', 'two']);
  });

  it('passes over a byte order mark, and over the hole that a writer leaves in a file that was cut', async () => {
    const path = newPath();
    await writeFile(path, '\ufefffirst\n');
    const { lines, ready } = follow((options) => tail(path, options), 3, { from: 'start' });
    await ready;
    const writer = await open(path, 'r+');
    await writer.write('\ufefffirst\nsecond\n');
    await sleep(80);
    await truncate(path, 0);
    await sleep(80);
    // The writer goes on where it was, not knowing of the cut.
    await writer.write('third\n', 50_000);
    assert.deepEqual(await lines, ['first', 'second', 'third']);
    await writer.close();
  });

  it('reads what is written to a file after it was renamed, until it has stood still', async () => {
    const path = newPath();
    await writeFile(path, '');
    const { lines, ready } = follow((options) => tail(path, options), 5);
    await ready;
    const writer = await open(path, 'a');
    await writer.write('one\n');
    await rename(path, `${path}.1`);
    await writeFile(path, 'five\n');
    for (const line of ['two\n', 'three\n', 'four']) {
      await sleep(60);
      await writer.write(line);
    }
    assert.deepEqual(await lines, ['one', 'two', 'three', 'four', 'five']);
    await writer.close();
  });

  it('reads the files that came and went between two looks, however they are numbered', async () => {
    for (const names of [
      ['.3', '.2', '.1'],
      ['-20260101', '-20260102', '-20260103'],
      ['.1', '.2', '.3'],
    ]) {
      const path = newPath();
      await writeFile(path, 'a\n');
      const { lines, ready } = follow((options) => tail(path, options), 4, { from: 'start', interval: 400 });
      await ready;
      for (const [at, text] of ['b\n', 'c\n', 'd\n'].entries()) {
        await rename(path, `${path}${names[at]}`);
        await writeFile(path, text);
      }
      assert.deepEqual(await lines, ['a', 'b', 'c', 'd'], names.join());
    }
  });

  it('reads all files where they are renamed quicker than one is left', async () => {
    const path = newPath();
    await writeFile(path, 'a\n');
    const { lines, ready } = follow((options) => tail(path, options), 6, {
      from: 'start',
      rotateWait: 50,
    });
    await ready;
    for (const text of 'bcdef') {
      // More than the step in which a file system keeps the time.
      await sleep(15);
      for (let old = 5; old > 0; old--) await rename(`${path}.${old}`, `${path}.${old + 1}`).catch(() => {});
      await rename(path, `${path}.1`);
      await writeFile(path, `${text}\n`);
    }
    assert.deepEqual(await lines, 'abcdef'.split(''));
  });
});

describe('tail of a pattern', () => {
  it('is none where the characters are escaped', async () => {
    const path = join(folder, 'a[1].log');
    await writeFile(path, 'one\n');
    const { lines } = follow(
      (options) => tail(path.replace('[', '\\[').replace(']', '\\]') as string, options),
      1,
      {
        from: 'start',
      },
    );
    assert.deepEqual(await lines, ['one']);
  });

  it('follows all files, and takes up those that come later from their start', async () => {
    const place = join(folder, 'many');
    await mkdir(place);
    const path = (name: string): string => join(place, name);
    await writeFile(path('a.log'), 'old\n');
    await writeFile(path('b.log'), 'old\n');
    await writeFile(path('c.txt'), 'old\n');
    const { lines, ready } = follow<TailedLine>((options) => tail(`${place}/*.log`, options), 5);
    await ready;
    await appendFile(path('a.log'), 'a1\n');
    await appendFile(path('c.txt'), 'not this one\n');
    await writeFile(path('new.log'), 'n1\nn2\n');
    await appendFile(path('b.log'), 'b1\n');
    await sleep(100);
    // The new name of the file is one of the pattern, and it is no new file.
    await rename(path('a.log'), path('a-old.log'));
    await writeFile(path('a.log'), 'a2\n');
    const read = await lines;
    const byFile = new Map<string, string[]>();
    for (const { file, line } of read) {
      const name = file.split('/').at(-1) as string;
      byFile.set(name, [...(byFile.get(name) ?? []), line]);
    }
    assert.deepEqual(Object.fromEntries(byFile), {
      'a.log': ['a1', 'a2'],
      'b.log': ['b1'],
      'new.log': ['n1', 'n2'],
    });
    await rm(place, { recursive: true });
  });

  it('reads each file once, whichever names of the pattern it gets', async () => {
    const place = join(folder, 'renamed');
    await mkdir(place);
    for (const name of [(n: number) => `app.log.${n}`, (n: number) => `app.${n}.txt`]) {
      const path = (n: number): string => join(place, name(n));
      for (const n of [2, 1, 0]) await writeFile(path(n), `old ${n}\n`);
      const expected = ['old 0', 'old 1', 'old 2', 'new 0', 'new 1', 'new 2', 'new 3'];
      const pattern = join(place, name(0).replace('0', '*'));
      const count = expected.length;
      const options = { from: 'start', rotateWait: 30 } as const;
      const { lines, first } = follow<TailedLine>((more) => tail([pattern], more), count, options);
      await first;
      for (let time = 0; time < 4; time++) {
        for (let n = 2 + time; n >= 0; n--) await rename(path(n), path(n + 1));
        await writeFile(path(0), `new ${time}\n`);
        await sleep(60);
      }
      const read = (await lines).map(({ line }) => line);
      assert.deepEqual(read.toSorted(), expected.toSorted());
    }
    await rm(place, { recursive: true });
  });

  it('follows a file that has the inode of one that was left and deleted', async () => {
    const place = join(folder, 'inodes');
    await mkdir(place);
    const path = (name: string): string => join(place, name);
    await writeFile(path('a.log'), 'a1\n');
    const { lines, first } = follow<TailedLine>((options) => tail(`${place}/*.log`, options), 3, {
      from: 'start',
      rotateWait: 10,
    });
    await first;
    await rename(path('a.log'), path('a.old'));
    await writeFile(path('a.log'), 'a2\n');
    await sleep(150);
    await rm(path('a.old'));
    await writeFile(path('b.log'), 'b1\n');
    assert.deepEqual(
      (await lines).map(({ line }) => line),
      ['a1', 'a2', 'b1'],
    );
    await rm(place, { recursive: true });
  });

  it('ends with its signal, and while nothing is there', async () => {
    const controller = new AbortController();
    const { lines, ready } = follow((options) => tail(`${folder}/none-*.log`, options), 1, {
      signal: controller.signal,
    });
    await ready;
    controller.abort(new Error('enough'));
    await assert.rejects(lines, /enough/);
  });
});
