import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type KeyedOptions, pipeline, TelarError } from 'telar';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { inFull } from '../../harness/long.ts';
import { usePool } from '../../harness/pool.ts';
import { needsPosix } from '../../harness/posix.ts';

census();
const pool = usePool();
const MEMORY = 1 << 20;
const sum = {
  init: () => 0,
  step: (total: number, n: number) => total + n,
  merge: (left: number, right: number) => left + right,
};
/** Rows of which some keys come twice, and whose keys take several times the memory. */
const rows = Array.from({ length: 8000 }, (_, n) => (n * 7919) % 6007);
const nameKey = (n: number): string => `key ${n} ${'.'.repeat(200)}`;
const program = fileURLToPath(new URL('../../fixtures/spill/spills.js', import.meta.url));

let folder: string;
let spill: NonNullable<KeyedOptions['spill']>;
before(async () => {
  folder = await makeFolder('spill');
  spill = { memory: MEMORY, folder };
});
after(() => removeFolder(folder));
afterEach(() => assert.deepEqual(readdirSync(folder), []));

/** Modes of the folder of a run, and of its files. */
function readModes(): number[] {
  const own = join(folder, readdirSync(folder)[0] ?? '');
  return [own, ...readdirSync(own).map((name) => join(own, name))].map((path) => statSync(path).mode & 0o777);
}

/** Runs the program to its end; `onSpilled` is called once its keys are in a file. */
async function runProgram(
  command: readonly [string, ...string[]],
  onSpilled?: (kill: () => void) => void,
): Promise<[number | null, string]> {
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (text.includes('spilled')) onSpilled?.(() => child.kill('SIGKILL'));
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return [code, said];
}

describe('spill', () => {
  it('gives what groupBy and distinct give in memory, in the same order', async () => {
    const named = pipeline(rows).cpu((n) => (n % 5 === 0 ? n : nameKey(n)));
    const length = (key: string | number): number => String(key).length;
    const lengths = { ...sum, step: (total: number, key: string | number) => total + length(key) };
    const groups = named.groupBy((key) => key, lengths, { spill });
    assert.deepEqual(
      await groups.toArray({ pool }),
      await named.groupBy((key) => key, lengths).toArray({ pool }),
    );
    const firsts = await named.distinct().toArray({ pool });
    assert.deepEqual(await named.distinct(undefined, { spill }).toArray({ pool }), firsts);
    assert.equal(await named.distinct(undefined, { spill }).count({ pool }), firsts.length);
    assert.deepEqual(
      await groups.distinct(([key]) => length(key), { spill }).toArray({ pool }),
      await groups.distinct(([key]) => length(key)).toArray({ pool }),
    );
  });

  it(
    'keeps its files from other users, and removes them when the reader leaves',
    needsPosix('modes'),
    async () => {
      let modes: number[] = [];
      for await (const group of pipeline(rows).groupBy(nameKey, sum, { spill }).iterate({ pool })) {
        assert.deepEqual(group, [nameKey(0), 0]);
        modes = readModes();
        break;
      }
      assert.deepEqual(modes, [0o700, 0o600, 0o600]);
    },
  );

  it('removes its files when the run fails, or is aborted', async () => {
    let merges = 0;
    const failing = {
      ...sum,
      merge: (left: number, right: number) => {
        if (merges++ === 500) throw new RangeError('no more');
        return left + right;
      },
    };
    const grouped = pipeline(rows).groupBy(nameKey, failing, { spill });
    await assert.rejects(grouped.run({ pool }), /no more/);
    const controller = new AbortController();
    const reason = new Error('enough');
    const distinct = pipeline(rows)
      .distinct(nameKey, { spill })
      .tap((n) => n === rows[4500] && controller.abort(reason));
    await assert.rejects(distinct.run({ pool, signal: controller.signal }), reason);
  });

  it(
    'removes its files when the process exits, and at the next start those of one that was killed',
    inFull,
    async () => {
      assert.deepEqual(await runProgram([process.execPath, program, folder, 'exit']), [3, 'spilled\n']);
      assert.deepEqual(readdirSync(folder), []);
      await runProgram([process.execPath, program, folder], (kill) => kill());
      assert.equal(readdirSync(folder).length, 1);
      assert.equal(await pipeline(rows).distinct(undefined, { spill }).count({ pool }), 6007);
    },
  );

  it('says which folder cannot be written', async () => {
    const missing = join(folder, 'missing');
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const [within, code] of [
      [missing, 'ENOENT'],
      [file, process.platform === 'win32' ? 'EEXIST' : 'ENOTDIR'],
    ] as const) {
      const run = pipeline(rows)
        .distinct(undefined, { spill: { folder: within } })
        .run({ pool });
      await assert.rejects(run, (error: NodeJS.ErrnoException) => {
        assert.ok(error instanceof TelarError && error.message.includes(`in ${within}: `), error.message);
        assert.ok(code === error.code || process.platform === 'win32');
        return true;
      });
    }
    await rm(file);
  });

  it('says that a file could not be written, as on a full disk', needsPosix('ulimit'), async () => {
    const limited = `ulimit -f 100 && exec "$0" "$@"`;
    const [code, said] = await runProgram(['sh', '-c', limited, process.execPath, program, folder, 'end']);
    assert.equal(code, 0);
    assert.match(said, /^TelarError: Cannot write the files of `spill` in .*: EFBIG/);
  });

  it('refuses states that cannot be in a file', async () => {
    const list = { ...sum, merge: (): number => (() => 1) as unknown as number };
    const run = pipeline([...rows, ...rows]).groupBy(nameKey, list, { spill });
    await assert.rejects(run.run({ pool }), /^TelarError: A state cannot go to a file.* could not be cloned/);
  });

  it('refuses at the call what is no option', () => {
    const by = (n: number): number => n;
    const refused: readonly [unknown, RegExp][] = [
      [{ spil: {} }, /Did you mean `spill`/],
      [{ spill: true }, /Expected `spill` to be { memory, folder }, got the boolean true/],
      [{ spill: { mem: 1 } }, /Unknown option `mem`/],
      [{ spill: { memory: 1000 } }, /Expected `memory` to be bytes from 1048576 \(1 MB\), got /],
      [{ spill: { memory: '1 GB' } }, /Expected `memory` to be bytes/],
      [{ spill: { folder: '' } }, /Expected `folder` to be the path of a folder, got /],
      [{ spill: { folder: 1 } }, /Expected `folder`/],
    ];
    for (const [options, message] of refused) {
      const error = { code: 'ERR_TELAR_OPTION', message };
      assert.throws(() => pipeline(rows).groupBy(by, sum, options as never), error);
      assert.throws(() => pipeline(rows).distinct(by, options as never), error);
    }
  });
});
