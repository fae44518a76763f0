import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ByteSource, csv, lines, ndjson } from 'telar/files';
import { pipeline } from 'telar';
import { census } from '../census.ts';
import { collect } from '../harness/collect.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();

async function settle<T>(source: ByteSource<T>): Promise<{ records: T[]; errors: string[] }> {
  const errors: string[] = [];
  const records = await pipeline(source)
    .onError(({ error }) => errors.push(error.message))
    .toArray({ pool });
  return { records, errors };
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('encoding', () => {
  it('is UTF-16 where a byte order mark says so, in either order', async () => {
    const text = '\ufeffid,näme\r\n1,"a\r\n,€"\r\n2,🧵\r\n';
    const rows = [
      { id: '1', näme: 'a\r\n,€' },
      { id: '2', näme: '🧵' },
    ];
    assert.deepEqual(await settle(csv(utf16(text))), { records: rows, errors: [] });
    assert.deepEqual(await settle(csv(utf16(text).swap16())), { records: rows, errors: [] });
    assert.deepEqual(await collect(csv(utf16(text))), rows);
    assert.deepEqual(await collect(ndjson(utf16('\ufeff{"ü":1}\n'))), [{ ü: 1 }]);
  });

  it('is UTF-16 also where lone carriage returns end the rows, and half a character comes late', async () => {
    const rows = Array.from({ length: 6000 }, (_, at) => ({ id: String(at), a: 'x\r' }));
    const text = utf16(`\ufeffid,a\r${rows.map(({ id }) => `${id},"x\r"\r`).join('')}`).swap16();
    const read = async (first: number): Promise<unknown> => {
      async function* pieces(): AsyncGenerator<Uint8Array> {
        for (const [from, to] of [
          [0, first],
          [first, first + 2],
          [first + 2, text.length],
        ] as const) {
          yield text.subarray(from, to);
          // Longer than a window waits for a stream.
          await sleep(25);
        }
      }
      return await collect(csv(pieces(), { maxRecordBytes: 1024 }));
    };
    // What ends the records is told by 64 KB.
    const firsts = [3, 65_543, 65_545, 65_547, 70_001];
    assert.deepEqual(
      await Promise.all(firsts.map(read)),
      firsts.map(() => rows),
    );
  });

  it('is any that TextDecoder knows', async () => {
    const texts: Record<string, [encoding: string, bytes: Buffer]> = {
      '“é” €': ['windows-1252', hex('93 e9 94 20 80')],
      'é€': ['latin1', hex('e9 80')],
      Привет: ['koi8-r', hex('f0 d2 c9 d7 c5 d4')],
      'é🧵': ['utf-16le', utf16('é🧵')],
      表A: ['shift_jis', hex('95 5c 41')],
      漢字: ['gbk', hex('9d 68 d7 d6')],
      '€': ['gb18030', hex('a2 e3')],
      こん: ['iso-2022-jp', hex('1b 24 42 24 33 24 73 1b 28 42')],
    };
    for (const [text, [encoding, bytes]] of Object.entries(texts)) {
      const lineEnd = encoding === 'utf-16le' ? utf16('\n') : Buffer.from('\n');
      const file = Buffer.concat([bytes, lineEnd, bytes, lineEnd]);
      assert.deepEqual(
        await settle(lines(file, { encoding })),
        { records: [text, text], errors: [] },
        encoding,
      );
    }
  });

  it('makes what is no text in it a malformed record of its own', async () => {
    const cases: [encoding: string | undefined, bytes: Buffer, name: string][] = [
      [undefined, hex('61 ff 62'), 'UTF-8'],
      ['windows-1253', hex('61 d2 62'), 'windows-1253'],
      ['shift_jis', hex('61 fd 62'), 'shift_jis'],
      ['euc-kr', hex('61 ff 62'), 'euc-kr'],
    ];
    for (const [encoding, bytes, name] of cases) {
      const file = Buffer.concat([Buffer.from('a\n'), bytes, Buffer.from('\nb\n')]);
      const { records, errors } = await settle(lines(file, { encoding }));
      assert.deepEqual(records, ['a', 'b'], name);
      assert.deepEqual(errors, [`(input):2:2: invalid ${name}`]);
    }
    const half = Buffer.concat([utf16('\ufeffa\nx\ud83e\nb\n'), hex('63')]);
    const { records, errors } = await settle(lines(half));
    assert.deepEqual(records, ['a', 'b']);
    assert.deepEqual(errors, ['(input):2:2: invalid UTF-16', '(input):4:1: invalid UTF-16']);
  });

  it('takes a mark for text where a single-byte encoding is given', async () => {
    assert.deepEqual(await collect(lines(hex('ff fe 0a'), { encoding: 'latin1' })), ['ÿþ']);
    assert.deepEqual(await collect(lines(hex('ef bb bf 61'), { encoding: 'latin1' })), ['ï»¿a']);
  });

  it('says what it cannot be', async () => {
    assert.throws(
      () => lines('a', { encoding: 'utf-7' }),
      /Expected `encoding` to be one that TextDecoder knows/,
    );
    assert.throws(() => csv('a', { encoding: 8 as never }), /got the number 8/);
    await assert.rejects(collect(lines(hex('ff fe 00 00 61 00 00 00'))), /it is UTF-32/);
  });
});

/** A stream that hears of each byte by itself. */
async function* inBytes(text: Buffer): AsyncGenerator<Buffer> {
  for (const byte of text) yield Buffer.of(byte);
}

describe('csv whose rows end with lone carriage returns', () => {
  it('is read row by row, and those within quotes are text', async () => {
    const text = '"a","b"\r"x\ry","z"\r1,2\r3';
    const { records, errors } = await settle(csv(Buffer.from(text)));
    assert.deepEqual(records, [
      { a: 'x\ry', b: 'z' },
      { a: '1', b: '2' },
    ]);
    assert.deepEqual(errors, ['(input):4:1: expected 2 fields, found 1']);
    assert.deepEqual(await collect(csv(utf16('\ufeffn\r1\r2'))), [{ n: '1' }, { n: '2' }]);
  });

  it('gives up the row of a quote that never closes', async () => {
    const { records, errors } = await settle(csv(Buffer.from('a,b\r1,"open\r2,3\r')));
    assert.deepEqual(records, [{ a: '2', b: '3' }]);
    assert.deepEqual(errors, ['(input):2:1: a quote is opened and never closed']);
  });

  it('is read so where a line feed, or both, stand at the end of all', async () => {
    for (const end of ['\n', '\r\n']) {
      const text = Buffer.from(`a,b\r1,2\r3,4${end}`);
      const rows = [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ];
      assert.deepEqual(await collect(csv(text)), rows);
      assert.deepEqual(await collect(csv(inBytes(text))), rows);
    }
    assert.deepEqual(await collect(csv(Buffer.from('a\rb\r\n'))), [{ a: 'b' }]);
    assert.deepEqual(await collect(csv(Buffer.from('a,b\r\n'))), []);
  });

  it('keeps carriage returns of fields where a line feed ends the rows', async () => {
    assert.deepEqual(await collect(csv(Buffer.from('a\rb,c\n1\r,2\n'))), [{ 'a\rb': '1\r', c: '2' }]);
  });
});

describe('a row with a quote that does not close within maxRecordBytes', () => {
  const rest = `${'666,forged\n'.repeat(10_000)}`;
  const options = { maxRecordBytes: 1000 };

  it('costs its line in a file, compressed or not, and in bytes', async () => {
    const text = `id,text\n1,a\n2,"open\n${rest}`;
    const { records, errors } = await settle(csv(Buffer.from(text), options));
    assert.equal(records.length, 10_001);
    assert.deepEqual(errors, ['(input):3:1: a quote is opened and never closed']);
  });

  it('costs all behind it in a stream, which cannot be read again', async () => {
    async function* stream(): AsyncGenerator<string> {
      yield `id,text\n1,a\n2,"open\n`;
      yield rest;
    }
    const { records, errors } = await settle(csv(stream(), options));
    assert.deepEqual(records, [{ id: '1', text: 'a' }]);
    assert.match(
      errors.join(),
      /^\(input\):3:1: a quote is opened and never closed, so that all behind it belongs/,
    );
  });
});
