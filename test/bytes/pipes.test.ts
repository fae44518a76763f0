import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { csv, lines, ndjson, toCsv, toLines } from 'telar/files';
import { pipeline } from 'telar';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';
import { needsPosix } from '../harness/posix.ts';

census();
const pool = usePool();
let folder = '';

before(async () => {
  folder = await makeFolder('pipes');
});

after(() => removeFolder(folder));

describe('a named pipe', needsPosix('named pipes'), () => {
  it('is opened once, so that what is written to it comes as a whole', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    for (const text of ['a\nb\nc', '']) {
      const reading = pipeline(lines(path)).toArray({ pool });
      await writeFile(path, text);
      assert.deepEqual(await reading, text === '' ? [] : ['a', 'b', 'c']);
    }
  });

  it('is read as a stream is: compressed or not, and each record when it comes', async () => {
    const path = join(folder, 'live');
    execFileSync('mkfifo', [path]);
    for (const pack of [(text: string) => Buffer.from(text), gzipSync, brotliCompressSync]) {
      const file = pack === brotliCompressSync ? `${path}.br` : path;
      if (file !== path) execFileSync('mkfifo', [file]);
      const reading = pipeline(lines(file)).toArray({ pool });
      await writeFile(file, pack('a\nb\n'));
      assert.deepEqual(await reading, ['a', 'b']);
    }
    const writing = open(path, 'w');
    const controller = new AbortController();
    const reading = pipeline(lines(path)).forEach((line) => controller.abort(new Error(`got ${line}`)), {
      pool,
      signal: AbortSignal.any([controller.signal, AbortSignal.timeout(5000)]),
    });
    const writer = await writing;
    await writer.write('first\n');
    // Whoever leaves does not wait for one who writes nothing more.
    await assert.rejects(reading, /got first/);
    await writer.close();
  });
});

describe('a stream', () => {
  it('has its records read while it is silent behind them', async () => {
    let goOn: () => void = () => {};
    const isRead = new Promise<void>((resolve) => (goOn = resolve));
    async function* say(): AsyncGenerator<string> {
      yield 'first\n';
      await isRead;
      yield 'second\n';
    }
    const read: string[] = [];
    await pipeline(lines(say())).forEach(
      (line) => {
        read.push(line);
        goOn();
      },
      { pool, signal: AbortSignal.timeout(5000) },
    );
    assert.deepEqual(read, ['first', 'second']);
  });

  it('is closed while it is silent, also where its text is made UTF-8', async () => {
    for (const encoding of ['utf-8', 'windows-1252', 'shift_jis']) {
      const stream = new PassThrough();
      const closed = once(stream, 'close', { signal: AbortSignal.timeout(5000) });
      stream.write('first\n');
      for await (const line of lines(stream, { encoding })) {
        assert.equal(line, 'first');
        break;
      }
      await closed;
    }
  });

  it('is closed before it has said anything', async () => {
    const stream = new PassThrough();
    const closed = once(stream, 'close', { signal: AbortSignal.timeout(5000) });
    const reading = pipeline(lines(stream)).toArray({ pool, signal: AbortSignal.timeout(50) });
    await assert.rejects(reading, { name: 'TimeoutError' });
    await closed;
  });

  it('of the web may have as few bytes as there are', async () => {
    for (const text of ['', '\n', 'a', 'a\n', 'ab\n', 'abc\n']) {
      const expected = text === '' ? [] : [text.trim()];
      assert.deepEqual(await pipeline(lines(new Blob([text]).stream())).toArray({ pool }), expected);
    }
  });
});

describe('lists that a source or a sink is given', () => {
  it('are read at the call: what becomes of them later changes nothing', async () => {
    const path = join(folder, 'rows.csv');
    await writeFile(path, '1,2\n3,4\n');
    const paths = [path];
    const columns = ['a', 'b'];
    const select = ['b'];
    const sources = [csv(paths, { columns, select }), lines(paths)] as const;
    const out = join(folder, 'out.csv');
    const sink = toCsv(out, { columns });
    paths.push('missing');
    columns.push('c');
    select[0] = 'c';
    assert.deepEqual(await pipeline(sources[0]).toArray({ pool }), [{ b: '2' }, { b: '4' }]);
    assert.deepEqual(await pipeline(sources[1]).toArray({ pool }), ['1,2', '3,4']);
    await pipeline([{ a: 1, b: 2 }]).to(sink, { pool });
    assert.deepEqual(await pipeline(lines(out)).toArray({ pool }), ['a,b', '1,2']);
    const options = { mode: 0o600 };
    const kept = toLines(join(folder, 'kept'), options);
    options.mode = -1;
    await pipeline(['x']).to(kept, { pool });
  });

  it('have no holes, and nothing else that is no text', () => {
    const holed = Object.assign(Array<string>(3), { 0: 'a', 2: 'c' });
    for (const wrong of [holed, [undefined], [5]] as unknown as string[][]) {
      assert.throws(() => csv('rows.csv', { columns: wrong }), /`columns` to be an array of names/);
      assert.throws(() => toCsv('rows.csv', { columns: wrong }), /`columns` to be an array of names/);
      assert.throws(() => lines(wrong), /a list of paths/);
      assert.throws(() => ndjson(wrong), /a list of paths/);
    }
  });
});
