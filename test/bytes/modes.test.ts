import assert from 'node:assert/strict';
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { type SinkOptions, toCsv, toLines, toNdjson } from 'telar/files';
import { pipeline } from 'telar';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';
import { needsPosix } from '../harness/posix.ts';

census();
const pool = usePool();
let folder: string;
let mask: number;
before(async () => {
  folder = await makeFolder('modes');
  mask = process.umask(0o027);
});
after(async () => {
  process.umask(mask);
  await removeFolder(folder);
});

const readMode = async (name: string): Promise<string> =>
  ((await stat(join(folder, name))).mode & 0o777).toString(8);

for (const [way, makeOptions] of [
  ['', () => ({ pool })],
  ['with a journal', (name: string) => ({ pool, journal: join(folder, `${name}.journal`) })],
] as const) {
  describe(`a file that a run writes ${way}`, needsPosix('modes of files'), () => {
    const write = async (name: string, options: SinkOptions = {}): Promise<string> => {
      await pipeline(['row']).to(toLines(join(folder, name), options), makeOptions(name + way));
      return await readMode(name);
    };

    it('has what the mask leaves, or the mode of the file that it replaces', async () => {
      assert.equal(await write(`new${way}`), '640');
      await writeFile(join(folder, `old${way}`), 'old');
      await chmod(join(folder, `old${way}`), 0o604);
      assert.equal(await write(`old${way}`), '604');
    });

    it('has the mode that was asked for, whatever the mask says and was there before', async () => {
      assert.equal(await write(`asked${way}`, { mode: 0o666 }), '666');
      await writeFile(join(folder, `known${way}`), 'old');
      assert.equal(await write(`known${way}`, { mode: 0o600 }), '600');
    });

    it('is for its owner only until it is complete', async () => {
      const name = `growing${way}`;
      let seen: string[] = [];
      await pipeline(['row'])
        .io(async (row) => {
          const growing = (await readdir(folder)).filter((each) => each.startsWith(`.${name}.`));
          seen = await Promise.all(growing.map(readMode));
          return row;
        })
        .to(toLines(join(folder, name), { mode: 0o644 }), makeOptions(name));
      assert.deepEqual(seen, ['600']);
      assert.equal(await readMode(name), '644');
    });
  });
}

describe('the option `mode`', () => {
  it('is refused at the call where it is none', () => {
    for (const mode of [-1, 0o1000, 1.5, '600', null]) {
      for (const sink of [toLines, toNdjson, toCsv]) {
        assert.throws(
          () => sink('out', { mode: mode as number }),
          /Expected `mode` to be the permissions of a file/,
        );
      }
    }
    assert.throws(() => toLines(new PassThrough(), { mode: 0o600 }), /Expected no `mode` for a stream/);
  });

  it('is refused for a device', needsPosix('devices'), async () => {
    await assert.rejects(
      pipeline(['row']).to(toLines('/dev/null', { mode: 0o600 }), { pool }),
      /found a device or a pipe/,
    );
  });
});
