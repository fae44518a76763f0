import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as zlib from 'node:zlib';
import { csv, lines, ndjson, toNdjson } from 'telar/files';
import { type DeadLetter, FileError, pipeline, RecordError, skip } from 'telar';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();
let folder = '';
before(async () => {
  folder = await makeFolder('damaged');
});
after(() => removeFolder(folder));

const text = (from: number): string =>
  Array.from({ length: 20_000 }, (_, n) => `${(from + n) * 7919}\n`).join('');

async function makeFiles(): Promise<string[]> {
  const files = ['a.gz', 'b.gz', 'c.gz'].map((name) => join(folder, name));
  for (const [at, file] of files.entries()) await writeFile(file, zlib.gzipSync(text(at * 1e6)));
  const whole = await readFile(files[1] as string);
  await writeFile(files[1] as string, whole.subarray(0, 40_000));
  return files;
}

describe('a file among others that cannot be read', () => {
  it('ends the run, which names it', async () => {
    const [, torn = ''] = await makeFiles();
    const failing = pipeline(lines(`${folder.replaceAll('\\', '/')}/*.gz`)).count({ pool });
    await assert.rejects(failing, (error) => {
      assert.ok(error instanceof FileError);
      assert.equal(error.file, torn);
      assert.match(error.message, /b\.gz cannot be decompressed: unexpected end of file\.$/);
      return true;
    });
  });

  it('is a dead letter under onError, and the others are read', async () => {
    const [whole = '', torn = '', last = ''] = await makeFiles();
    const missing = join(folder, 'missing.gz');
    const letters: DeadLetter[] = [];
    const files = [missing, whole, torn, last, missing];
    const records = await pipeline(lines(files))
      .onError((letter) => letters.push(letter))
      .map((line) => Number(line) / 7919)
      .toArray({ pool });
    assert.deepEqual(
      letters.map(({ stage, item, error }) => [stage, item, error.name, (error as FileError).file]),
      [
        ['lines', missing, 'FileError', missing],
        ['lines', torn, 'FileError', torn],
        ['lines', missing, 'FileError', missing],
      ],
    );
    assert.ok(letters[0]?.error instanceof FileError);
    assert.equal(letters[0].error.code, 'ENOENT');
    // Records that were whole in the torn file are there, in their place, and no half of a line.
    const ofTorn = records.slice(20_000, -20_000);
    assert.ok(ofTorn.length > 100);
    assert.deepEqual(
      ofTorn,
      Array.from(ofTorn, (_, n) => 1e6 + n),
    );
    assert.deepEqual(records.slice(-20_000, -19_999), [2e6]);
  });

  it('may have a header that is none, and goes into a sink with its path', async () => {
    const files = ['x', 'y', 'z'].map((name) => join(folder, `${name}.csv`));
    await writeFile(files[0] as string, 'a,b\n1,2\n');
    await writeFile(files[1] as string, 'a,a\n3,4\n');
    await writeFile(files[2] as string, '"a\n5,6\n');
    const rejected = join(folder, 'rejected.ndjson');
    const summary = await pipeline(csv(files)).onError(toNdjson(rejected)).run({ pool });
    assert.equal(summary.failed, 2);
    const letters = (await readFile(rejected, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as DeadLetter);
    assert.deepEqual(
      letters.map(({ item, error }) => [item, error.name, (error as RecordError).file]),
      [
        [files[1], 'FileError', files[1]],
        [files[2], 'RecordError', files[2]],
      ],
    );
  });

  it('does not keep the run going when it is the only one that was asked for, or a pattern finds nothing', async () => {
    const missing = join(folder, 'missing.gz');
    await assert.rejects(pipeline(lines(missing)).onError(skip).count({ pool }), { code: 'ENOENT' });
    const nothing = `${folder.replaceAll('\\', '/')}/*.none`;
    await assert.rejects(pipeline(lines(nothing)).onError(skip).count({ pool }), /found none/);
  });

  it('is passed over once when a run goes on with its journal', async () => {
    const [whole = '', torn = '', last = ''] = await makeFiles();
    const [journal, out, rejected] = ['j', 'out.ndjson', 'rejected.ndjson'].map((name) => join(folder, name));
    await Promise.all([out, rejected].map((file) => rm(file as string, { force: true })));
    let isCut = true;
    const run = (): Promise<unknown> =>
      pipeline(lines([whole, torn, last]))
        .onError(toNdjson(rejected as string))
        .tap((line) => {
          if (isCut && Number(line) === (2e6 + 9000) * 7919) throw new Error('cut off');
        })
        .to(toNdjson(out as string), { pool, journal: journal as string });
    await assert.rejects(run(), /cut off/);
    isCut = false;
    await run();
    const written = (await readFile(out as string, 'utf8')).trim().split('\n');
    assert.equal(new Set(written).size, written.length);
    assert.equal(JSON.parse(written.at(-1) as string), String((2e6 + 19_999) * 7919));
    assert.equal((await readFile(rejected as string, 'utf8')).trim().split('\n').length, 1);
  });
});

describe('dead letters of a source', () => {
  const bytes = Buffer.from('{"id":1}\n{"id":\n{"id":3}\n');

  it('go to the first onError, whatever stands behind it', async () => {
    type Source = ReturnType<typeof pipeline<{ id: number }>>;
    const builds: Record<string, (source: Source) => { toArray(options: object): Promise<unknown[]> }> = {
      cpu: (source) => source.cpu((row) => row),
      filter: (source) => source.filter((row) => row.id > 0),
      io: (source) => source.io((row) => row),
      tap: (source) => source.tap(() => {}),
      batch: (source) => source.batch(1),
      distinct: (source) => source.distinct(({ id }) => id),
      twice: (source) => source.cpu((row) => row).onError(() => assert.fail('the second one')),
    };
    for (const [what, build] of Object.entries(builds)) {
      const letters: string[] = [];
      const source = pipeline(ndjson<{ id: number }>(bytes)).onError(({ stage }) => letters.push(stage));
      assert.equal((await build(source).toArray({ pool })).length, 2, what);
      assert.deepEqual(letters, ['ndjson'], what);
    }
  });
});

describe('a folder in the place of a file', () => {
  it('is named', async () => {
    const inner = join(folder, 'inner');
    await mkdir(inner, { recursive: true });
    await assert.rejects(pipeline(lines(inner)).count({ pool }), /inner to be a file, found a folder/);
  });
});
