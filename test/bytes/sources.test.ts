import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as zlib from 'node:zlib';
import * as fc from 'fast-check';
import { csv, lines, ndjson } from 'telar/files';
import { pipeline, RecordError } from 'telar';
import { census } from '../census.ts';
import { collect } from '../harness/collect.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';
import { inPieces } from './fuzz/texts.ts';
import { settleOn } from './settle-source.ts';

census();
const pool = usePool();
let folder = '';

before(async () => {
  folder = await makeFolder('bytes');
});

after(() => removeFolder(folder));

const settle = settleOn(pool);
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('lines, ndjson and csv', () => {
  const inputs = {
    'without a final line end': ['a\nb', ['a', 'b']],
    'with CRLF': ['a\r\nb\r\n', ['a', 'b']],
    'with a byte order mark': ['\ufeffa\n\ufeffb\n', ['a', '\ufeffb']],
    'that are empty': ['\n\na\n', ['', '', 'a']],
    'with NUL characters': ['a\0b\n', ['a\0b']],
    'of no bytes at all': ['', []],
  } as const;
  for (const [what, [text, expected]] of Object.entries(inputs)) {
    it(`read lines ${what}`, async () => {
      assert.deepEqual(await collect(lines(bytes(text))), expected);
      assert.deepEqual(await settle(lines(bytes(text))), { records: expected, errors: [] });
    });
  }

  it('give the same from a path, a list, a pattern, a stream, bytes and a URL', async () => {
    const [a, b] = [join(folder, 'part-a.ndjson'), join(folder, 'part-b.ndjson')];
    await writeFile(a, '{"n":1}\n{"n":2}');
    await writeFile(b, '{"n":3}\n');
    const all = [{ n: 1 }, { n: 2 }, { n: 3 }];
    assert.deepEqual(await collect(ndjson([a, b])), all);
    assert.deepEqual(await collect(ndjson(join(folder, 'part-*.ndjson').replaceAll('\\', '/'))), all);
    assert.deepEqual(await pipeline(ndjson([a, b])).toArray({ pool }), all);
    assert.deepEqual(await collect(ndjson(new URL(`file://${b}`))), [{ n: 3 }]);
    assert.deepEqual(await collect(ndjson(inPieces(bytes('{"n":3}'), [3]))), [{ n: 3 }]);
    assert.deepEqual(await collect(ndjson(new Blob(['{"n":3}']).stream())), [{ n: 3 }]);
  });

  it('decompress gzip, brotli and zstd, by mark, name or option', async () => {
    const text = Array.from({ length: 10_000 }, (_, n) => JSON.stringify({ n })).join('\n');
    const forms: Record<string, Buffer> = { gz: zlib.gzipSync(text), br: zlib.brotliCompressSync(text) };
    const zstd = (zlib as { zstdCompressSync?: (text: string) => Buffer }).zstdCompressSync?.(text);
    if (zstd !== undefined) forms['zst'] = zstd;
    for (const [extension, compressed] of Object.entries(forms)) {
      const path = join(folder, `compressed.ndjson.${extension}`);
      await writeFile(path, compressed);
      assert.equal((await collect(ndjson(path))).length, 10_000, extension);
      assert.equal(await pipeline(ndjson(path)).count({ pool }), 10_000, extension);
    }
    assert.equal((await collect(ndjson(forms['gz'] as Buffer))).length, 10_000);
    assert.equal((await collect(ndjson(forms['br'] as Buffer, { compression: 'brotli' }))).length, 10_000);
    await assert.rejects(collect(ndjson((forms['gz'] as Buffer).subarray(0, 500))), /unexpected end/);
    if (zstd === undefined) {
      const mark = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]);
      await assert.rejects(collect(lines(mark)), /zstd, which this Node .* cannot read/);
    }
  });

  it('say what is wrong with a path, a pattern or a folder', async () => {
    await assert.rejects(collect(lines(join(folder, 'missing'))), { code: 'ENOENT' });
    await assert.rejects(collect(lines(`${folder.replaceAll('\\', '/')}/*.nothing`)), /found none/);
    await assert.rejects(collect(lines(folder)), /found a folder/);
    await assert.rejects(pipeline(lines(join(folder, 'missing'))).toArray({ pool }), { code: 'ENOENT' });
    assert.throws(() => lines(5 as never), /Expected a path/);
    assert.throws(() => lines([]), /an empty one/);
    assert.throws(() => csv('a', { seperator: ';' } as never), /Unknown option/);
    assert.throws(() => csv('a', { delimiter: 'ab' }), /one ASCII character/);
    assert.throws(() => ndjson('a', { compression: 'zip' as never }), /Expected `compression`/);
  });

  it('pass over a line beyond maxRecordBytes without holding it, and count on', async () => {
    async function* huge(): AsyncGenerator<Uint8Array> {
      yield bytes('{"n":1}\n"');
      // One piece for all: the memory that counts is that of the reader.
      const megabyte = Buffer.alloc(1_000_000, 'x');
      for (let turn = 0; turn < 200; turn++) yield megabyte;
      yield bytes('"\n{"n":2}\nnonsense\n');
    }
    const before = process.memoryUsage().arrayBuffers;
    const { records, errors } = await settle(ndjson(huge(), { maxRecordBytes: 1_000_000 }));
    assert.deepEqual(records, [{ n: 1 }, { n: 2 }]);
    assert.equal(errors.length, 2);
    assert.match(errors[0] ?? '', /^\(input\):2:1: longer than 1000000 bytes/);
    assert.match(errors[1] ?? '', /^\(input\):4:/);
    assert.ok(process.memoryUsage().arrayBuffers - before < 50_000_000);
  });

  it('give every record once and in order, however the bytes come', async () => {
    const record = fc.oneof(fc.json(), fc.constant('"ünïcödé 🧵"'));
    await assertProperty(
      fc.asyncProperty(
        fc.array(record, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }),
        async (texts, sizes) => {
          const whole = bytes(texts.map((text) => `${text}\n`).join(''));
          const read = await collect(ndjson(inPieces(whole, sizes), { compression: 'none' }));
          assert.deepEqual(
            read,
            texts.map((text) => JSON.parse(text) as unknown),
          );
        },
      ),
      { seed: 1, numRuns: sample(60, 600) },
    );
  });
});

describe('a malformed record of NDJSON', () => {
  const broken: Record<string, [text: string, column: number]> = {
    'with a comma too many': ['{"a":1,}', 8],
    'that ends too early': ['{"a":[1,2', 10],
    'with text behind it': ['{"a":1} x', 9],
    'of nonsense': ['nonsense', 1],
    'with a control character': ['"a\tb"', 3],
    'with a wrong escape': ['"a\\xb"', 3],
  };
  for (const [what, [text, column]] of Object.entries(broken)) {
    it(`${what} is an outcome with its line and column`, async () => {
      const { records, errors } = await settle(ndjson(bytes(`1\n\n${text}\n2\n`)));
      assert.deepEqual(records, [1, 2]);
      assert.equal(errors.length, 1);
      assert.match(errors[0] ?? '', new RegExp(`^\\(input\\):3:${column}: not valid JSON: expected`));
    });
  }

  it('that is no UTF-8 says where', async () => {
    const text = Buffer.concat([bytes('"ok"\n"ü'), Buffer.from([0xff]), bytes('"\n"ö"\n')]);
    const { records, errors } = await settle(ndjson(text));
    assert.deepEqual(records, ['ok', 'ö']);
    assert.deepEqual(errors, ['(input):2:3: invalid UTF-8']);
  });

  it('keeps a property __proto__ a property', async () => {
    const [record] = await collect(ndjson<object>(bytes('{"__proto__":{"polluted":1}}')));
    assert.deepEqual(Object.keys(record ?? {}), ['__proto__']);
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it('throws a RecordError in a loop, and closes the file', async () => {
    const path = join(folder, 'broken.ndjson');
    await writeFile(path, '1\n{\n');
    await assert.rejects(collect(ndjson(path)), (error) => {
      assert.ok(error instanceof RecordError);
      assert.deepEqual([error.file, error.line, error.column, error.text], [path, 2, 2, '{']);
      return true;
    });
  });
});
