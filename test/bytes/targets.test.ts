import assert from 'node:assert/strict';
import { createWriteStream, existsSync } from 'node:fs';
import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import * as zlib from 'node:zlib';
import { after, before, describe, it } from 'node:test';
import type { ByteSink } from '../../src/bytes/sink.ts';
import { toCsv, toLines, toNdjson } from 'telar/files';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { needsPosix } from '../harness/posix.ts';

census();
let folder = '';
before(async () => {
  folder = await makeFolder('targets');
});
after(() => removeFolder(folder));
const at = (name: string): string => join(folder, name);

async function writeTo(sink: ByteSink<never>, ...texts: readonly string[]): Promise<void> {
  const writer = await sink.open();
  try {
    for (const text of texts) await writer.write(Buffer.from(text), 1, undefined);
    await writer.end();
  } catch (thrown) {
    await writer.abort();
    throw thrown;
  }
}

describe('the file that a sink writes', () => {
  it('appears when it is complete, and goes when the run is given up', async () => {
    const writer = await toLines(at('later')).open();
    await writer.write(Buffer.from('one\n'), 1, undefined);
    assert.equal(existsSync(at('later')), false);
    assert.match((await readdir(folder)).join(), /^\.later\.\w+\.tmp$/);
    await writer.end();
    assert.deepEqual(await readdir(folder), ['later']);
    const again = await toLines(at('later')).open();
    await again.write(Buffer.from('two\n'), 1, undefined);
    await again.abort();
    assert.deepEqual(await readdir(folder), ['later']);
    assert.equal(await readFile(at('later'), 'utf8'), 'one\n');
  });

  it('keeps each bit of the mode of the one that it replaces', needsPosix('modes of files'), async () => {
    for (const mode of [0o666, 0o600, 0o775]) {
      await writeFile(at('mode'), '');
      await chmod(at('mode'), mode);
      await writeTo(toLines(at('mode')), 'x\n');
      assert.equal((await stat(at('mode'))).mode & 0o777, mode);
    }
  });

  it(
    'is made behind a link to what is not there yet',
    needsPosix('links take rights on Windows'),
    async () => {
      await symlink('aim', at('link'));
      await symlink(at('link'), at('link-to-link'));
      await writeTo(toLines(at('link-to-link')), 'x\n');
      assert.ok((await lstat(at('link-to-link'))).isSymbolicLink());
      assert.equal(await readFile(at('aim'), 'utf8'), 'x\n');
      await symlink('circle', at('circle'));
      await assert.rejects(writeTo(toLines(at('circle'))), { code: 'ELOOP' });
    },
  );

  it('may have as long a name as the system takes', async () => {
    const name = 'ü'.repeat(120);
    await writeTo(toLines(at(name)), 'x\n');
    assert.ok(existsSync(at(name)));
  });

  it('is named by the failure to make it', async () => {
    await assert.rejects(writeTo(toLines(at('no/such'))), {
      code: 'ENOENT',
      message: /^Cannot write .*no.such: ENOENT/,
    });
    await assert.rejects(writeTo(toLines(folder)), /expected a file, found a folder/);
  });

  it('is compressed by the name of a URL', async () => {
    await writeTo(toNdjson(pathToFileURL(at('url.gz')), { level: 9 }), '1\n', '2\n');
    assert.equal(zlib.gunzipSync(await readFile(at('url.gz'))).toString(), '1\n2\n');
    await writeTo(toNdjson(at('empty.gz')));
    assert.equal(zlib.gunzipSync(await readFile(at('empty.gz'))).length, 0);
  });
});

describe('toCsv', () => {
  it('refuses rows that blocks have cut differently', async () => {
    const row = Buffer.from('1\n');
    const writer = await toCsv(at('never.csv')).open();
    await writer.write(row, 1, ['a']);
    await writer.write(Buffer.alloc(0), 0, ['other']);
    await assert.rejects(writer.write(row, 1, ['b']), /different columns: a, and b/);
    await assert.rejects(writer.write(row, 1, undefined), /objects and arrays/);
    await writer.abort();
    const arrays = await toCsv(at('never.csv')).open();
    await arrays.write(row, 1, undefined);
    await assert.rejects(arrays.write(row, 1, ['a']), /objects and arrays/);
    await arrays.abort();
    assert.equal(existsSync(at('never.csv')), false);
  });
});

describe('a stream that a sink writes', () => {
  it('may break after the write that failed: the process goes on', async () => {
    if (!existsSync('/dev/full')) return;
    for (const compression of ['none', 'brotli'] as const) {
      const stream = createWriteStream('/dev/full');
      // Not `once` of node:events, which would listen to errors itself.
      const closed = new Promise<void>((resolve) => stream.once('close', resolve));
      await assert.rejects(writeTo(toLines(stream, { compression }), 'x\n'), { code: 'ENOSPC' });
      await closed;
    }
  });

  it('has no listeners left on it after the run', async () => {
    const stream = new Writable({ write: (_, __, done) => done() });
    await writeTo(toLines(stream), 'x\n');
    assert.deepEqual([stream.listenerCount('error'), stream.listenerCount('close')], [0, 0]);
    stream.destroy();
  });

  it('that takes nothing holds nobody when the run is given up', async () => {
    for (const compression of ['none', 'gzip'] as const) {
      const stream = new Writable({ write: () => {} });
      const writer = await toLines(stream, { compression, level: 0 }).open();
      const writing = (async () => {
        for (;;) await writer.write(Buffer.alloc(100_000), 1, undefined);
      })();
      await new Promise(setImmediate);
      const failed = assert.rejects(writing);
      await writer.abort();
      await failed;
      stream.destroy();
    }
  });
});

describe('the options of sinks', () => {
  it('are checked at the call', () => {
    assert.throws(() => toLines('a.gz', { level: 10 }), /`level` to be a whole number from 0 to 9/);
    assert.throws(() => toLines('a.br', { level: '5' as never }), TypeError);
    assert.throws(() => toCsv('a', { delimiter: ';;' }), /`delimiter` to be one ASCII character/);
    assert.throws(() => toCsv('a', { quote: ',' }), /different characters/);
    assert.throws(() => toCsv('a', { header: 'no' as never }), /`header` to be true or false/);
    assert.throws(() => toCsv('a', { columns: ['a', 'a'] }), /found "a" twice/);
  });
});
