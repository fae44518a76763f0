import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import * as zlib from 'node:zlib';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { csv, lines, ndjson, toCsv, toLines, toNdjson } from 'telar/files';
import { pipeline } from 'telar';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';
import { needsPosix } from '../harness/posix.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();
const pool = usePool();
let folder = '';
before(async () => {
  folder = await makeFolder('sinks');
});
after(() => removeFolder(folder));
const at = (name: string): string => join(folder, name);
const read = (name: string): Promise<string> => readFile(at(name), 'utf8');

describe('toLines, toNdjson and toCsv', () => {
  it('write what the sources read back', async () => {
    const rows = Array.from({ length: 5000 }, (_, id) => ({
      id: String(id),
      name: `ü "${id}", line\nbreak`,
    }));
    await pipeline(rows).to(toNdjson(at('rows.ndjson')), { pool });
    assert.deepEqual(await pipeline(ndjson(at('rows.ndjson'))).toArray({ pool }), rows);
    await pipeline(ndjson<object>(at('rows.ndjson'))).to(toCsv(at('rows.csv')), { pool });
    assert.deepEqual(await pipeline(csv(at('rows.csv'))).toArray({ pool }), rows);
    assert.deepEqual(parse(await read('rows.csv'), { columns: true }), rows);
    await pipeline(csv(at('rows.csv')))
      .cpu(({ id }) => Number(id))
      .to(toLines(at('ids.txt')), { pool });
    assert.equal(await read('ids.txt'), rows.map(({ id }) => `${id}\n`).join(''));
  });

  it('write any table so that csv-parse reads it', async () => {
    const field = fc.oneof(fc.string(), fc.constantFrom('a,b', '"', 'two\nlines', '', '\r'));
    await assertProperty(
      fc.asyncProperty(
        fc.array(fc.record({ a: field, b: field }, { noNullPrototype: true }), {
          minLength: 1,
          maxLength: 10,
        }),
        async (rows) => {
          const stream = new PassThrough();
          const pieces: string[] = [];
          stream.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
          await pipeline(rows).to(toCsv(stream), { pool });
          // The last piece is given in a later turn.
          stream.end();
          await once(stream, 'end');
          const text = pieces.join('');
          assert.deepEqual(parse(text, { columns: true }), rows);
        },
      ),
      { seed: 1, numRuns: sample(30, 300) },
    );
  });

  it('compress by the name, or as they are told', async () => {
    const numbers = Array.from({ length: 20_000 }, (_, n) => n);
    const text = numbers.map((n) => `${n}\n`).join('');
    await pipeline(numbers).to(toLines(at('n.txt.gz')), { pool });
    assert.equal(zlib.gunzipSync(await readFile(at('n.txt.gz'))).toString(), text);
    await pipeline(numbers).to(toLines(at('n.txt.br')), { pool });
    assert.equal(zlib.brotliDecompressSync(await readFile(at('n.txt.br'))).toString(), text);
    await pipeline(numbers).to(toLines(at('n.bin'), { compression: 'gzip', level: 1 }), { pool });
    assert.deepEqual(await pipeline(lines(at('n.bin'))).count({ pool }), 20_000);
    if ('createZstdCompress' in zlib) {
      await pipeline(numbers).to(toLines(at('n.zst')), { pool });
      assert.deepEqual(await pipeline(lines(at('n.zst'))).count({ pool }), 20_000);
    } else {
      assert.throws(() => toLines(at('n.zst')), /cannot write zstd/);
    }
  });

  it('leave nothing, and what was there, when the run fails or is aborted', async () => {
    await writeFile(at('kept.ndjson'), 'before');
    const files = await readdir(folder);
    const failing = pipeline([1, 2, 3])
      .cpu((n) => {
        if (n === 3) throw new RangeError('three');
        return n;
      })
      .to(toNdjson(at('kept.ndjson')), { pool });
    await assert.rejects(failing, /three/);
    const controller = new AbortController();
    const aborted = pipeline([1, 2, 3])
      .tap(() => controller.abort(new Error('enough')))
      .to(toNdjson(at('kept.ndjson.gz')), { pool, signal: controller.signal });
    await assert.rejects(aborted, /enough/);
    assert.equal(await read('kept.ndjson'), 'before');
    assert.deepEqual(await readdir(folder), files);
  });

  it(
    'keep the mode of the file that they replace, and write through links',
    needsPosix('modes of files'),
    async () => {
      await writeFile(at('target'), 'old');
      await chmod(at('target'), 0o640);
      await symlink(at('target'), at('link'));
      await pipeline(['new']).to(toLines(at('link')), { pool });
      assert.equal(await read('target'), 'new\n');
      assert.equal((await stat(at('target'))).mode & 0o777, 0o640);
    },
  );

  it('write an empty file for no results; with known columns, their names', async () => {
    await pipeline([]).to(toNdjson(at('empty.ndjson')), { pool });
    assert.equal(await read('empty.ndjson'), '');
    await pipeline([]).to(toCsv(at('empty.csv'), { columns: ['a', 'b'] }), { pool });
    assert.equal(await read('empty.csv'), 'a,b\n');
  });

  it('write to a stream of the user’s, which stays open', async () => {
    const stream = new PassThrough();
    await pipeline([{ a: 1, b: null, c: new Date(0) }]).to(toCsv(stream, { header: false, delimiter: ';' }), {
      pool,
    });
    assert.equal(String(stream.read()), '1;;1970-01-01T00:00:00.000Z\n');
    assert.equal(stream.writableEnded, false);
    stream.destroy();
    await assert.rejects(pipeline([1]).to(toLines(stream), { pool }), /closed|destroyed/);
  });

  it('fail with what the system says: no folder, a full disk, a stream that breaks', async () => {
    await assert.rejects(pipeline([1]).to(toLines(at('no/such/folder')), { pool }), { code: 'ENOENT' });
    if (existsSync('/dev/full')) {
      await assert.rejects(pipeline([1]).to(toLines('/dev/full'), { pool }), { code: 'ENOSPC' });
      await assert.rejects(pipeline([1]).to(toLines('/dev/full', { compression: 'gzip' }), { pool }), {
        code: 'ENOSPC',
      });
    }
    const breaking = new Writable({ write: (_, __, done) => done(new Error('broken pipe')) });
    await assert.rejects(pipeline([1]).to(toLines(breaking), { pool }), /broken pipe/);
  });
});

describe('a result that has no such form', () => {
  const unwritable: [sink: string, results: unknown[], problem: RegExp][] = [
    ['lines', [{}], /Expected a text for a line, got an object/],
    ['lines', ['two\nlines'], /without line breaks/],
    ['ndjson', [undefined], /no JSON form: it is undefined/],
    ['ndjson', [1n], /no JSON form: Do not know how to serialize a BigInt/],
    ['csv', [5], /Expected an object or an array for a row of CSV, got a number/],
    ['csv', [{ a: {} }], /The field `a` of a row of CSV is an object/],
    ['csv', [{ a: 1 }, { a: 1, b: 2 }], /Give `columns` to toCsv/],
    ['csv', [{ a: 1, b: 2 }, { a: 1 }], /Give `columns` to toCsv/],
  ];
  const sinks = { lines: toLines, ndjson: toNdjson, csv: toCsv } as Record<string, typeof toNdjson>;
  for (const [kind, results, problem] of unwritable) {
    it(`ends the run of ${kind} (${problem.source.slice(0, 30)})`, async () => {
      const sink = sinks[kind]?.(at(`never.${kind}`));
      assert.ok(sink);
      await assert.rejects(
        pipeline(results)
          .cpu((result) => result)
          .to(sink, { pool }),
        problem,
      );
      assert.ok(!existsSync(at(`never.${kind}`)));
    });
  }

  it('is left out as a dead letter where there is a policy behind the last stage', async () => {
    const letters: unknown[] = [];
    await pipeline([1, 2n, 3])
      .cpu((n) => n)
      .onError(({ item }) => letters.push(item))
      .to(toNdjson(at('some.ndjson')), { pool });
    assert.equal(await read('some.ndjson'), '1\n3\n');
    assert.deepEqual(letters, [2n]);
  });

  it('keeps its neighbours also on the calling thread, behind an I/O stage', async () => {
    const letters: unknown[] = [];
    await pipeline([1, 2n, 3])
      .io((n) => n)
      .onError(({ item }) => letters.push(item))
      .to(toNdjson(at('some.ndjson')), { pool });
    assert.equal(await read('some.ndjson'), '1\n3\n');
    assert.deepEqual(letters, [2n]);
  });
});
