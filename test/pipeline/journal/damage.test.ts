import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { toNdjson } from 'telar/files';
import { pipeline, type PipelineSummary, type RunOptions } from 'telar';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { sample } from '../../harness/long.ts';
import { needsPosix } from '../../harness/posix.ts';
import { usePool } from '../../harness/pool.ts';
import { abortAfter, ticker } from './cut-off.ts';
import { seedOf } from '../../harness/random.ts';

census();
const pool = usePool();
const SEED: number = seedOf(20_251_126);
let folder: string;
let names = 0;
before(async () => {
  folder = await makeFolder('pipeline-damage');
});
after(() => removeFolder(folder));

const makePath = (): string => join(folder, `${names++}`);
const items = Array.from({ length: 900 }, (_, n) => n);
const expected = `${items.map((n) => n * 3).join('\n')}\n`;

/** A run that was cut off, of which the state can be restored. */
async function cutOff(): Promise<{
  run: () => Promise<PipelineSummary>;
  out: string;
  journal: Buffer;
  path: string;
  restore: () => Promise<void>;
}> {
  const [out, path] = [makePath(), makePath()];
  const start = (options: RunOptions): Promise<PipelineSummary> =>
    pipeline(items)
      .cpu((n) => n * 3, { chunkSize: 30 })
      .tap(() => ticker.tick())
      .to(toNdjson(out), { pool, journal: path, ...options });
  // Over several runs, so that the journal has several lines.
  for (const ticks of [100, 200, 300]) await assert.rejects(start({ signal: abortAfter(ticks) }), /cut off/);
  ticker.tick = () => {};
  const temporary = join(
    folder,
    (await readdir(folder)).find((name) => name.startsWith(`.${basename(out)}.`)) as string,
  );
  const copy = makePath();
  await copyFile(temporary, copy);
  const journal = await readFile(path);
  return {
    run: () => start({}),
    out,
    path,
    journal,
    restore: async () => {
      await copyFile(copy, temporary);
      await writeFile(path, journal);
    },
  };
}

describe('the journal of a pipeline, damaged', () => {
  it('leads to the same file, cut in its last 400 bytes', async () => {
    const { run, out, path, journal, restore } = await cutOff();
    const header = journal.indexOf(10) + 1;
    assert.ok(journal.length - header > 400);
    for (let cut = 1; cut <= 400; cut += sample(61, 1)) {
      await restore();
      await writeFile(path, journal.subarray(0, journal.length - cut));
      await run();
      assert.equal(await readFile(out, 'utf8'), expected, `cut ${cut}`);
    }
  });

  it(`leads to the same file, or is refused, after flipped bits (seed ${SEED})`, async () => {
    const { run, out, path, journal, restore } = await cutOff();
    const header = journal.indexOf(10);
    let random = SEED;
    for (let flip = 0; flip < sample(4, 200); flip++) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      const bit = random % (journal.length * 8);
      const bytes = Buffer.from(journal);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      await restore();
      await writeFile(path, bytes);
      if (bit >> 3 <= header) await assert.rejects(run(), { name: 'JournalError' }, `bit ${bit}`);
      else {
        await run();
        assert.equal(await readFile(out, 'utf8'), expected, `bit ${bit}`);
      }
    }
    // What was refused goes on once the journal is whole again: a run that ends leaves no unfinished file.
    await restore();
    await run();
    assert.equal(await readFile(out, 'utf8'), expected);
  });
});

describe('a disk that takes no more', needsPosix('the size of files is limited by ulimit'), () => {
  it('ends the run with an error, and the next one goes on', async () => {
    const program = fileURLToPath(new URL('../../fixtures/journal/kill-pipeline.js', import.meta.url));
    const [out, journal, plain] = [makePath(), makePath(), makePath()];
    const node = [process.execPath, program, 'items', ''];
    assert.equal((await run([...node, plain, '/dev/null'])).code, 0);
    // The limit of a file's size stands for a full disk. The trace is a device, which has none.
    const limit = `trap '' XFSZ; ulimit -f 16; exec "$@"`;
    const full = await run(['bash', '-c', limit, 'bash', ...node, out, '/dev/null', journal]);
    assert.equal(full.code, 1);
    assert.match(full.stderr, /EFBIG/);
    assert.ok(!existsSync(out));
    const done = (await readFile(journal, 'utf8')).split('\n').length - 2;
    assert.ok(done > 0, 'no checkpoint');
    assert.equal((await run([...node, out, '/dev/null', journal])).code, 0);
    assert.equal(await readFile(out, 'utf8'), await readFile(plain, 'utf8'));
  });
});

function run([program = '', ...args]: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += String(text)));
    child.once('close', (code) => resolve({ code, stderr }));
  });
}
