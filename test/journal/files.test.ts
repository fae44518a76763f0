import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { toLines } from 'telar/files';
import { parallelMap, parallelMapIterable, parallelMapSettled, pipeline } from 'telar';
import { census } from '../census.ts';
import { double } from '../fixtures/tasks/computes.ts';
import { collect } from '../harness/collect.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';
import { needsPosix } from '../harness/posix.ts';

// Files that the tests lay there themselves, which are not Telar's to remove.
census({ keeps: /a\.journal\.\d+\.new$|journal\.2\.new$|(6{16}|7{16}|8{16})\.(own|new)$/ });
const pool = usePool();
let folder: string;
let count = 0;
before(async () => {
  folder = await makeFolder('journal-files');
});
after(() => removeFolder(folder));

async function makeOwn(): Promise<string> {
  const own = join(folder, String(count++));
  await mkdir(own);
  return own;
}

const readMode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

describe('what a journal owns', needsPosix('modes of files, and links'), () => {
  it('is for its owner only, whatever the mask says', async () => {
    const own = await makeOwn();
    const journal = join(own, 'journal');
    const held: Record<string, string> = {};
    const source = (async function* () {
      yield 1;
      for (const name of await readdir(own)) held[name] = await readMode(join(own, name));
    })();
    await parallelMap(source, double, { pool, journal });
    assert.deepEqual(held, { journal: '600', 'journal.lock': '600' });
    assert.deepEqual(await readdir(own), ['journal']);
  });

  it('is never written through a link', async () => {
    const own = await makeOwn();
    const victim = join(own, 'victim');
    await writeFile(victim, 'precious');
    await symlink(victim, join(own, `a.journal.${process.pid}.new`));
    await parallelMap([1], double, { pool, journal: join(own, 'a.journal') });
    assert.ok((await lstat(join(own, 'a.journal'))).isFile());
    await symlink(victim, join(own, 'b.journal'));
    await assert.rejects(parallelMap([1], double, { pool, journal: join(own, 'b.journal') }), {
      name: 'JournalError',
      reason: 'foreign',
      message: /b\.journal is a link, through which nothing is written/,
    });
    // The name under which a file waits for its run to go on is the same each time.
    const journal = join(own, 'c.journal');
    const place = createHash('sha256').update(journal).digest('hex').slice(0, 12);
    await symlink(victim, join(own, `.rows.${place}.tmp`));
    await pipeline(['a']).to(toLines(join(own, 'rows')), { pool, journal });
    assert.equal(await readFile(join(own, 'rows'), 'utf8'), 'a\n');
    assert.equal(await readFile(victim, 'utf8'), 'precious');
  });
});

describe('a call whose signal fires while its journal opens lets go of it', () => {
  const calls: Record<string, (journal: string, signal?: AbortSignal) => Promise<unknown>> = {
    parallelMap: (journal, signal) => parallelMap([1, 2, 3], double, { pool, journal, signal }),
    parallelMapSettled: (journal, signal) => parallelMapSettled([1, 2, 3], double, { pool, journal, signal }),
    parallelMapIterable: (journal, signal) =>
      collect(parallelMapIterable([1, 2, 3], double, { pool, journal, signal })),
    pipeline: (journal, signal) => pipeline([1, 2, 3]).cpu(double).run({ pool, journal, signal }),
  };
  for (const [name, call] of Object.entries(calls)) {
    it(name, async () => {
      const own = await makeOwn();
      for (let moment = -1; moment < 10; moment++) {
        const journal = join(own, `${moment}`);
        const controller = new AbortController();
        if (moment < 0) queueMicrotask(() => controller.abort());
        else setTimeout(() => controller.abort(), moment / 2);
        // oxlint-disable-next-line no-await-in-loop
        await call(journal, controller.signal).catch(() => {});
        // oxlint-disable-next-line no-await-in-loop
        await call(journal);
      }
      assert.deepEqual(
        (await readdir(own)).filter((file) => file.includes('.')),
        [],
      );
    });
  }

  it('a reader that leaves at once', async () => {
    const own = await makeOwn();
    const journal = join(own, 'journal');
    for (let round = 0; round < 5; round++) {
      const reader = parallelMapIterable([1, 2, 3], double, { pool, journal })[Symbol.asyncIterator]();
      const reading = reader.next();
      // oxlint-disable-next-line no-await-in-loop
      await sleep(round);
      // oxlint-disable-next-line no-await-in-loop
      await reader.return?.();
      // oxlint-disable-next-line no-await-in-loop
      await reading;
    }
    assert.deepEqual(await readdir(own), ['journal']);
  });
});

describe('what a program leaves that dies while it opens a journal', needsPosix('kill -9'), () => {
  it('is removed by the next start; what others hold, or own, is not', async () => {
    const own = await makeOwn();
    const hex = (digit: string): string => digit.repeat(16);
    const describeHolder = (id: string, pid: number): string => JSON.stringify({ id, pid, host: hostname(), boot: 'x', start: '1' }); // prettier-ignore
    const dead = describeHolder(hex('a'), 1);
    const left = {
      [`journal.${hex('1')}.new`]: '{"half',
      [`journal.lock.4194303.${hex('2')}.own`]: '',
      [`journal.lock.4194303.${hex('3')}.own`]: dead,
      [`journal.lock.${hex('4')}`]: dead,
      [`journal.lock.${hex('5')}.new`]: dead,
    };
    const kept = {
      [`journal.lock.${process.pid}.${hex('6')}.own`]: '',
      [`journal.lock.${hex('7')}.new`]: JSON.stringify({ id: hex('7'), pid: 1, host: 'elsewhere' }),
      'journal.notes': 'of the user',
      'journal.2.new': 'of the user',
      [`other.${hex('8')}.new`]: 'of another journal',
    };
    for (const [name, content] of Object.entries({ ...left, ...kept }))
      await writeFile(join(own, name), content); // oxlint-disable-line no-await-in-loop
    await parallelMap([1], double, { pool, journal: join(own, 'journal') });
    assert.deepEqual((await readdir(own)).sort(), ['journal', ...Object.keys(kept)].sort());
  });

  it('is removed after real deaths', async () => {
    const own = await makeOwn();
    const program = fileURLToPath(new URL('../fixtures/journal/opens.js', import.meta.url));
    for (let kill = 0; kill < 5; kill++) {
      const child = spawn(process.execPath, [program, join(own, 'j')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      // oxlint-disable-next-line no-await-in-loop
      await once(child.stdout, 'data');
      // oxlint-disable-next-line no-await-in-loop
      await sleep(kill * 3);
      child.kill('SIGKILL');
      // oxlint-disable-next-line no-await-in-loop
      await once(child, 'close');
    }
    for (const run of [0, 1, 2])
      await parallelMap([1, 2], double, {
        pool,
        journal: { path: join(own, `j.${run}`), onMismatch: 'restart' },
      }); // oxlint-disable-line no-await-in-loop
    assert.deepEqual(await readdir(own), ['j.0', 'j.1', 'j.2']);
  });
});
