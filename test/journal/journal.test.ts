import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { JournalError } from '../../src/errors/journal-error.ts';
import type { JournalPlan } from '../../src/journal/journal.ts';
import type { JournalRecord } from '../../src/journal/lines/line.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { sample } from '../harness/long.ts';
import { needsPosix } from '../harness/posix.ts';

census();

const identity = { input: 'Array of 3 items', task: 'square 1', options: 'results' };
let folder: string;
let names = 0;
before(async () => {
  folder = await makeFolder('journal');
});
after(() => removeFolder(folder));

const makePath = (): string => join(folder, `${names++}.journal`);

/** Opens a journal, gives what it held, and closes it again. */
async function read(path: string, plan: Partial<JournalPlan> = {}): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  const journal = await openJournal({
    ...makePlan(path),
    onRecord: (record) => records.push(record),
    ...plan,
  });
  await journal.close();
  return records;
}

function makePlan(path: string): JournalPlan {
  return {
    path,
    identity,
    onMismatch: 'refuse',
    onRecord: () => {},
    onFailure: (error) => assert.fail(error),
  };
}

async function write(path: string, count: number): Promise<JournalRecord[]> {
  const journal = await openJournal(makePlan(path));
  const records = Array.from({ length: count }, (_, number) => ({ type: 'test', text: `ü${number}` }));
  for (const record of records) journal.append(record);
  await journal.close();
  return records;
}

describe('a journal', () => {
  it('gives back what was appended, in order, over several openings', async () => {
    const path = makePath();
    const first = await write(path, 100);
    const second = await write(path, 3);
    assert.deepEqual(await read(path), [...first, ...second]);
  });

  it('keeps nothing that is not as it was written, where the file is cut', async () => {
    const path = makePath();
    const records = await write(path, 30);
    const whole = await readFile(path);
    const header = whole.indexOf(10) + 1;
    for (let length = whole.length; length >= header; length -= sample(5, 1)) {
      const cut = makePath();
      await writeFile(cut, whole.subarray(0, length));
      const kept = await read(cut);
      assert.deepEqual(kept, records.slice(0, kept.length));
      assert.equal((await stat(cut)).size, whole.lastIndexOf(10, length - 1) + 1, `cut at ${length}`);
    }
  });

  it('notices flipped bits, and goes on before it', async () => {
    const path = makePath();
    const records = await write(path, 12);
    const whole = await readFile(path);
    const header = whole.indexOf(10) + 1;
    for (let bit = header * 8; bit < whole.length * 8; bit += sample(29, 3)) {
      const flipped = makePath();
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      await writeFile(flipped, bytes);
      const kept = await read(flipped);
      assert.ok(kept.length < records.length, `bit ${bit}`);
      assert.deepEqual(kept, records.slice(0, kept.length));
    }
  });

  it('notices lines that are missing, repeated or in another place', async () => {
    const path = makePath();
    const records = await write(path, 5);
    const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
    const [header = '', a = '', b = '', c = ''] = lines;
    for (const [changed, kept] of [
      [[header, a, c], 1],
      [[header, b, a, c], 0],
      [[header, a, a, b], 1],
    ] as const) {
      const other = makePath();
      await writeFile(other, `${changed.join('\n')}\n`);
      assert.deepEqual(await read(other), records.slice(0, kept));
    }
  });

  it('of another run is refused, by what differs, and started over when asked to', async () => {
    const path = makePath();
    await write(path, 3);
    const other = { ...identity, task: 'square 2', options: 'retries 1' };
    await assert.rejects(read(path, { identity: other }), (error: JournalError) => {
      assert.deepEqual([error.reason, error.changed], ['mismatch', ['task', 'options']]);
      assert.match(error.message, /another task \(square 1 then, square 2 now\), and another options/);
      return true;
    });
    assert.equal((await read(path)).length, 3);
    assert.deepEqual(await read(path, { identity: other, onMismatch: 'restart' }), []);
    assert.deepEqual(await read(path, { identity: other }), []);
  });

  it('never writes over a file that is no journal', async () => {
    const path = makePath();
    await writeFile(path, 'my notes\n');
    for (const onMismatch of ['refuse', 'restart'] as const) {
      await assert.rejects(read(path, { onMismatch }), { name: 'JournalError', reason: 'foreign' });
    }
    assert.equal(await readFile(path, 'utf8'), 'my notes\n');
    await assert.rejects(read(folder), { name: 'JournalError' });
  });

  it('with a damaged first line, or of another version, is refused', async () => {
    const path = makePath();
    await write(path, 1);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"run":"', '"run":"0'));
    await assert.rejects(read(path), { reason: 'damaged' });
    assert.deepEqual(await read(path, { onMismatch: 'restart' }), []);
  });

  it('takes an empty file for its own', async () => {
    const path = makePath();
    await writeFile(path, '');
    assert.deepEqual(await read(path), []);
  });

  it('is refused while another run uses it, in this process or another', async () => {
    const path = makePath();
    const journal = await openJournal(makePlan(path));
    await assert.rejects(read(path), (error: JournalError) => {
      assert.equal(error.reason, 'in-use');
      return error.message.includes(`process ${process.pid}`);
    });
    await journal.close();
    assert.deepEqual(await read(path), []);
  });

  it('is taken over from a process that died, by one of those who want it', async () => {
    const path = makePath();
    await write(path, 1);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const lock = await readLock(path);
    const start = await readStart(child.pid as number);
    await writeFile(`${path}.lock`, JSON.stringify({ ...lock, pid: child.pid, start }));
    await assert.rejects(read(path), { reason: 'in-use' });
    child.kill('SIGKILL');
    await exited;
    const takers = await Promise.allSettled(Array.from({ length: 8 }, () => openJournal(makePlan(path))));
    const got = takers.filter((taker) => taker.status === 'fulfilled');
    assert.equal(got.length, 1);
    for (const { value } of got) await value.close();
    assert.deepEqual((await read(path)).length, 1);
  });

  it(
    'tells of a disk that takes no more, and resumes from what it took',
    needsPosix('the size of files is limited by ulimit'),
    async () => {
      const path = makePath();
      await write(path, 2);
      const copy = makePath();
      await copyFile(path, copy);
      // The limit of a file's size, which Node turns into EFBIG, stands for a full disk.
      const program = `
      const { openJournal } = await import(${JSON.stringify(new URL('../../src/journal/open-journal.js', import.meta.url).href)});
      const plan = { path: ${JSON.stringify(copy)}, identity: ${JSON.stringify(identity)}, onMismatch: 'refuse', onRecord() {}, onFailure: (error) => console.log('told', error.reason) };
      process.on('SIGXFSZ', () => {});
      const journal = await openJournal(plan);
      for (let i = 0; i < 400; i++) journal.append({ type: 'test', text: 'x'.repeat(100) });
      await journal.close().catch((error) => console.log('rejected', error.reason));
    `;
      const printed = await run('bash', [
        '-c',
        `ulimit -f 8; exec "$0" --input-type=module -e "$1"`,
        process.execPath,
        program,
      ]);
      assert.equal(printed, 'told io\nrejected io\n');
      const kept = await read(copy);
      assert.ok(kept.length > 2 && kept.length < 402, `${kept.length} records`);
    },
  );
});

async function readLock(path: string): Promise<object> {
  const journal = await openJournal(makePlan(path));
  const text = await readFile(`${path}.lock`, 'utf8');
  await journal.close();
  return JSON.parse(text) as object;
}

async function readStart(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (text) => (printed += String(text)));
    child.once('close', () => resolve(printed));
  });
}
