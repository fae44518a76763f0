import assert from 'node:assert/strict';
import { appendFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FileError } from 'telar';
import { lines } from 'telar/files';
import { census } from '../census.ts';
import { collect } from '../harness/collect.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { needsPosix } from '../harness/posix.ts';

census();
let folder = '';

before(async () => {
  folder = await makeFolder('cut');
});

after(() => removeFolder(folder));

const LINE = `${'a line of a log '.repeat(64)}\n`;
const COUNT = 12_000;

/** Changes a file of 12 MB once its first line has come, and counts the lines that come in all. */
async function countLines(change: (path: string) => Promise<void>): Promise<number> {
  const path = join(folder, 'growing.log');
  await writeFile(path, LINE.repeat(COUNT));
  let count = 0;
  for await (const line of lines(path)) {
    if (count++ === 0) await change(path);
    assert.ok(line.length > 1);
  }
  return count;
}

describe('a file that changes while it is read', () => {
  it('fails the call where it was cut: what is gone would be missing in silence', async () => {
    for (const left of [0, LINE.length * (COUNT - 1)]) {
      const isCut = (thrown: unknown): boolean =>
        thrown instanceof FileError && /had 12300000 bytes .* has \d+ now/.test(thrown.message);
      await assert.rejects(
        countLines((path) => truncate(path, left)),
        isCut,
      );
    }
  });

  it('is read to its end where it grew', async () => {
    assert.equal(await countLines((path) => appendFile(path, LINE)), COUNT + 1);
  });

  it(
    'may say that it is longer than it is, as those of the system do',
    needsPosix('/sys is of Linux'),
    async () => {
      const path = '/sys/kernel/mm/transparent_hugepage/enabled';
      const found = await collect(lines(path)).catch((thrown: unknown) => {
        if (thrown instanceof FileError && thrown.code === 'ENOENT') return ['not there'];
        throw thrown;
      });
      assert.equal(found.length, 1);
    },
  );
});
