import assert from 'node:assert/strict';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { describePackage, findFiles } from '../../../examples/scan/find-files.ts';
import type { FoundFile } from '../../../examples/scan/find-files.ts';
import { readFiles } from '../../../examples/scan/read-files.ts';
import type { SourceFile } from '../../../examples/scan/read-files.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { needsPosix } from '../../harness/posix.ts';

let folder: string;
before(async () => {
  folder = await makeFolder('files');
});
after(() => removeFolder(folder));

const write = async (path: string, content: string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
};
const listPaths = async (name: string): Promise<string[]> =>
  (await findFiles(join(folder, name))).map(({ path }) => path);

/** Root may read everything, so for as long as `act` takes it is somebody else. */
async function asOrdinaryUser<T>(act: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return await act();
  await chmod(folder, 0o755);
  process.seteuid?.(65_534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}

describe('findFiles', () => {
  test('lists JavaScript and declaration files of all subfolders, by path', async () => {
    for (const name of ['b.js', 'a/z.mjs', 'a/.hidden/c.cjs', 'd.d.ts', 'e.d.mts', 'f.d.cts']) {
      await write(`kinds/${name}`, '');
    }
    for (const name of ['x.ts', 'y.json', 'js', 'z.js.map', 'd.ts']) await write(`kinds/${name}`, '');
    await mkdir(join(folder, 'kinds/folder.js'));
    const expected = ['a/.hidden/c.cjs', 'a/z.mjs', 'b.js', 'd.d.ts', 'e.d.mts', 'f.d.cts'];
    assert.deepEqual(await listPaths('kinds'), expected);
  });

  test('puts the files above 1 MB first, the largest at the head', async () => {
    await write('sizes/a.js', ' '.repeat(1_000_000));
    await write('sizes/b.js', ' '.repeat(1_000_001));
    await write('sizes/c.js', ' '.repeat(1_000_002));
    assert.deepEqual(await listPaths('sizes'), ['c.js', 'b.js', 'a.js']);
  });

  test('follows no links', needsPosix('links take rights on Windows'), async () => {
    await write('links/file.js', '');
    await symlink('file.js', join(folder, 'links/link.js'));
    await symlink('.', join(folder, 'links/circle'));
    assert.deepEqual(await listPaths('links'), ['file.js']);
  });

  test('rejects when there is no such folder, or it is a file', async () => {
    await write('file.js', '');
    await assert.rejects(findFiles(join(folder, 'missing')), { code: 'ENOENT' });
    await assert.rejects(findFiles(join(folder, 'file.js')), { code: 'ENOTDIR' });
  });

  test(
    'lists a subfolder that cannot be read with its problem',
    needsPosix('rights of folders'),
    async () => {
      await write('closed/open.js', '');
      await write('closed/sub/file.js', '');
      await chmod(join(folder, 'closed/sub'), 0);
      const found = await asOrdinaryUser(() => findFiles(join(folder, 'closed')));
      assert.deepEqual(
        found.map(({ path, problem }) => [path, problem?.slice(0, 6)]),
        [
          ['open.js', undefined],
          ['sub', 'EACCES'],
        ],
      );
    },
  );
});

describe('describePackage', () => {
  const cases: [root: string, path: string, name: string][] = [
    ['/p/node_modules', 'acorn/dist/acorn.js', 'acorn'],
    ['/p/node_modules', '@types/node/fs.d.ts', '@types/node'],
    ['/p/node_modules', 'a/node_modules/@b/c/d.js', '@b/c'],
    ['/p/node_modules', 'stray.js', '.'],
    ['/p', 'node_modules/acorn/index.js', 'acorn'],
    ['/p', 'src/deep/file.js', 'src'],
    ['/p', 'file.js', '.'],
  ];
  for (const [root, path, name] of cases) {
    test(`takes ${path} of ${root} to be of ${name}`, () => {
      assert.equal(describePackage(root, path), name);
    });
  }
});

describe('readFiles', () => {
  const collect = async (files: FoundFile[]): Promise<SourceFile[]> => {
    const read: SourceFile[] = [];
    for await (const file of readFiles(folder, files)) read.push(file);
    return read;
  };
  const name = (path: string, size = 1): FoundFile => ({ path, package: 'p', size });

  test('gives the bytes in order, each in memory of its own', async () => {
    const paths = Array.from({ length: 53 }, (_, number) => `read/${number}.js`);
    for (const path of paths) await write(path, `// ${path}`);
    const read = await collect(paths.map((path) => name(path)));
    const texts = read.map((file) => ('bytes' in file ? new TextDecoder().decode(file.bytes) : file.problem));
    assert.deepEqual(
      texts,
      paths.map((path) => `// ${path}`),
    );
    for (const file of read) {
      assert.ok('bytes' in file);
      assert.equal(file.bytes.buffer.byteLength, file.bytes.byteLength);
      structuredClone(file.bytes, { transfer: [file.bytes.buffer] });
    }
  });

  test('gives an empty file', async () => {
    await write('empty.js', '');
    const [file] = await collect([name('empty.js', 0)]);
    assert.ok(file !== undefined && 'bytes' in file);
    assert.equal(file.bytes.byteLength, 0);
  });

  test('gives a file that has vanished as a problem, in its place', async () => {
    await write('there.js', '');
    const read = await collect([name('gone.js'), name('there.js')]);
    assert.match(read[0] !== undefined && 'problem' in read[0] ? read[0].problem : '', /^ENOENT/);
    assert.ok(read[1] !== undefined && 'bytes' in read[1]);
  });

  test('gives a file above its limit of memory', async () => {
    await write('there.js', 'x');
    const read = await collect([name('there.js', 1e9), name('there.js', 1e9)]);
    assert.equal(read.filter((file) => 'bytes' in file).length, 2);
  });
});
