import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pipeline, readJournal } from 'telar';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';
import { needsPosix } from '../harness/posix.ts';
import { sample } from '../harness/long.ts';

census();
const pool = usePool();
const program = fileURLToPath(new URL('../fixtures/journal/interrupted.js', import.meta.url));
let folder: string;
let names = 0;
before(async () => {
  folder = await makeFolder('signals');
});
after(() => removeFolder(folder));

const makePath = (): string => join(folder, `${names++}`);
const read = async (path: string): Promise<string[]> =>
  (await readFile(path, 'utf8')).split('\n').slice(0, -1);

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
  readonly trace: readonly string[];
}

/** Runs the program; sends it signals, each when its trace has so many more lines, or a line of that text. */
async function interrupt(
  args: readonly string[],
  trace: string,
  signals: readonly [NodeJS.Signals, number | string][],
): Promise<Ended> {
  await writeFile(trace, '', { flag: 'a' });
  const begun = (await read(trace)).length;
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'inherit', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += String(text)));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const left = [...signals];
  const timer = setInterval(() => {
    void read(trace).then((noted) => {
      const [signal, when] = left[0] ?? [];
      if (signal === undefined || when === undefined) return;
      if (typeof when === 'string' ? !noted.includes(when) : noted.length - begun < when) return;
      left.shift();
      child.kill(signal);
    });
  }, 5);
  const code = await ended;
  clearInterval(timer);
  return { code, stderr, trace: (await read(trace)).slice(begun) };
}

describe('a pipeline that a signal ends', needsPosix('signals'), () => {
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const;
  for (const [signal, code] of signals.slice(sample(1, 0))) {
    // prettier-ignore
    it(`goes on where it was, by its journal (${signal})`, async () => {
      const [input, out, trace, journal] = [makePath(), makePath(), makePath(), makePath()];
      const all = Array.from({ length: 8000 }, (_, n) => `line ${n} ${'.'.repeat(800)}`);
      await writeFile(input, `${all.join('\n')}\n`);
      const args = ['files', input, out, trace, journal];
      const first = await interrupt(args, trace, [[signal, 800]]);
      assert.deepEqual([first.code, first.stderr], [code, '']);
      assert.deepEqual(first.trace.slice(-2), ['rejected InterruptError', 'closed']);
      const { done, isComplete } = await readJournal(journal);
      const passed = first.trace.filter((line) => line === 'x').length;
      // All items that passed are kept: nothing of them runs again.
      assert.deepEqual([done, isComplete], [passed, false]);
      const second = await interrupt(args, trace, []);
      assert.equal(second.code, 0);
      assert.equal(second.trace.filter((line) => line === 'x').length, all.length - passed);
      const found = await read(out);
      assert.deepEqual(found.map((line) => line.replace(/ \d+$/, '')), all);
    }); // prettier-ignore
  }

  it('closes its source and leaves no file that looks complete; dead letters are kept', async () => {
    const [out, trace] = [makePath(), makePath()];
    const { code, stderr, trace: lines } = await interrupt(['endless', '', out, trace], trace, [['SIGINT', 500]]);
    assert.deepEqual([code, stderr], [130, '']);
    assert.deepEqual(lines.slice(-2), ['rejected InterruptError', 'closed']);
    assert.ok(lines.includes('source closed'));
    const beside = (await readdir(folder)).filter((name) => name.includes(out.slice(folder.length + 1)));
    assert.deepEqual(beside, [`${out.slice(folder.length + 1)}.letters`]);
    const letters = await read(`${out}.letters`);
    // Items in flight came to their end: all that was taken has passed, or is a letter.
    const passed = lines.filter((line) => line === 'x').length;
    assert.equal(letters.length, Math.floor((passed + letters.length) / 100));
  }); // prettier-ignore

  it('ends what does not end by itself when the grace time is over', async () => {
    const trace = makePath();
    const { code, stderr, trace: lines } = await interrupt(['stuck', '', '', trace, '20'], trace, [['SIGTERM', 31]]);
    assert.deepEqual([code, stderr], [143, '']);
    assert.deepEqual(lines.slice(-2), ['rejected InterruptError', 'closed']);
  }); // prettier-ignore

  it('ends at once with the second signal', async () => {
    const trace = makePath();
    const { code, trace: lines } = await interrupt(['stuck', '', '', trace, '1000000'], trace, [['SIGINT', 31], ['SIGINT', 'heard']]);
    assert.equal(code, 130);
    assert.ok(!lines.includes('closed'));
  }); // prettier-ignore
});

describe('the option signals', () => {
  it('leaves no listener, and changes nothing where none comes', async () => {
    const count = (): number => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
    const listeners = count();
    let during = 0;
    const results = await pipeline([1, 2, 3])
      .tap(() => (during = count()))
      .toArray({ pool, signals: true });
    assert.deepEqual(results, [1, 2, 3]);
    assert.deepEqual([during, count()], [listeners + 2, listeners]);
    await pipeline([1]).tap(() => (during = count())).run({ pool, signals: false }); // prettier-ignore
    assert.equal(during, listeners);
  });

  it('says at the call what is wrong with it', async () => {
    const stages = pipeline([1]);
    await assert.rejects(
      stages.run({ signals: 5 as never }),
      /Expected `signals` to be true, false or \{ grace \}/,
    );
    await assert.rejects(stages.run({ signals: { grace: -1 } }), /`signals\.grace`/);
    await assert.rejects(stages.run({ signals: { wait: 1 } as never }), /`wait`/);
    assert.throws(() => stages.iterate({ signals: true }), /leave the loop instead/);
  });
});
