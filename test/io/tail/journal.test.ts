import assert from 'node:assert/strict';
import { appendFile, copyFile, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tail, type TailedLine, toNdjson } from 'telar/files';
import { JournalError, pipeline, type StartedRun } from 'telar';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { kills, runUntil } from '../../harness/kill.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();
let folder = '';
let names = 0;
before(async () => {
  folder = await makeFolder('tail-journal');
});
after(() => removeFolder(folder));

interface Place {
  readonly log: string;
  readonly out: string;
  readonly journal: string;
}

function newPlace(): Place {
  const name = join(folder, `app-${names++}`);
  return { log: `${name}.log`, out: `${name}.ndjson`, journal: `${name}.journal` };
}

const read = async (file: string): Promise<unknown[]> =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { line: unknown }).line);

function start({ log, out, journal }: Place, from: 'start' | 'end' = 'start'): StartedRun {
  return pipeline(tail(log, { from, interval: 10, rotateWait: 30 }))
    .cpu((line) => ({ line }))
    .start(toNdjson(out), { pool, journal });
}

async function runOn(place: Place, items: number): Promise<void> {
  const run = start(place);
  while (run.stats().items < items) await new Promise((resolve) => setTimeout(resolve, 2));
  await run.stop();
}

describe('tail with a journal', () => {
  it('goes on behind the last line whose results are safe, whatever became of the file', async () => {
    const changes: Record<string, (log: string) => Promise<void>> = {
      'it has grown': (log) => appendFile(log, 'b\nc\n'),
      'it was renamed': async (log) => {
        await appendFile(log, 'b\n');
        await rename(log, `${log}.1`);
        await writeFile(log, 'c\n');
      },
      'it was renamed twice': async (log) => {
        await rename(log, `${log}.1`);
        await writeFile(log, 'b\n');
        await rename(`${log}.1`, `${log}.2`);
        await rename(log, `${log}.1`);
        await writeFile(log, 'c\n');
      },
      'it was copied and cut': async (log) => {
        await appendFile(log, 'b\n');
        await copyFile(log, `${log}.1`);
        await truncate(log, 0);
        await appendFile(log, 'c\n');
      },
      'its name is gone for the moment': async (log) => {
        await appendFile(log, 'b\n');
        await rename(log, `${log}-20261129`);
        setTimeout(() => void writeFile(log, 'c\n'), 50);
      },
    };
    for (const [name, change] of Object.entries(changes)) {
      const place = newPlace();
      await writeFile(place.log, 'a1\na2\n');
      await runOn(place, 2);
      assert.deepEqual(await read(place.out), ['a1', 'a2'], name);
      await change(place.log);
      await runOn(place, 4);
      assert.deepEqual(await read(place.out), ['a1', 'a2', 'b', 'c'], name);
    }
  });

  it('loses no line that comes while no run is there, also before the first', async () => {
    const place = newPlace();
    await writeFile(place.log, 'old\n');
    await start(place, 'end').stop();
    await appendFile(place.log, 'new\n');
    const run = start(place, 'end');
    while (run.stats().items < 1) await new Promise((resolve) => setTimeout(resolve, 2));
    await run.stop();
    assert.deepEqual(await read(place.out), ['new']);
  });

  it('refuses to go on where its file is gone, or another one', async () => {
    const place = newPlace();
    await writeFile(place.log, 'a\nb\n');
    await runOn(place, 2);
    await rm(place.log);
    await writeFile(place.log, 'another\n');
    await assert.rejects(start(place).done, (error: JournalError) => {
      assert.equal(error.reason, 'mismatch');
      assert.match(error.message, /is not there any more/);
      return error instanceof JournalError;
    });
    const merging = pipeline(tail(place.log)).distinct();
    assert.throws(() => merging.start({ journal: place.journal }), /\.distinct\(\) begins anew/);
  });

  it('goes on in each file of a pattern', async () => {
    const place = newPlace();
    const file = (name: string): string => `${place.log}-${name}.txt`;
    const begin = (): StartedRun =>
      pipeline(tail(`${place.log}-*.txt`, { from: 'start', interval: 10, rotateWait: 30 }))
        .cpu(({ line }: TailedLine) => ({ line }))
        .start(toNdjson(place.out), { pool, journal: place.journal });
    await writeFile(file('a'), 'a1\n');
    await writeFile(file('b'), 'b1\n');
    for (const total of [2, 5]) {
      const run = begin();
      while (run.stats().items < total) await new Promise((resolve) => setTimeout(resolve, 2));
      await run.stop();
      if (total === 5) break;
      await appendFile(file('a'), 'a2\n');
      await appendFile(file('b'), 'b2\n');
      await writeFile(file('c'), 'c1\n');
    }
    const lines = (await read(place.out)) as string[];
    assert.deepEqual(lines.toSorted(), ['a1', 'a2', 'b1', 'b2', 'c1']);
  });

  it('goes on in files of a pattern that have changed their names', async () => {
    const place = newPlace();
    const begin = (): StartedRun =>
      pipeline(tail(`${place.log}*`, { from: 'start', interval: 10, rotateWait: 30 }))
        .cpu(({ line }: TailedLine) => ({ line }))
        .start(toNdjson(place.out), { pool, journal: place.journal });
    const expected: string[] = [];
    const write = async (): Promise<void> => {
      expected.push(`line ${expected.length}`);
      await appendFile(place.log, `${expected.at(-1)}\n`);
    };
    const rotate = async (): Promise<void> => {
      for (let old = expected.length; old > 0; old--)
        await rename(`${place.log}.${old}`, `${place.log}.${old + 1}`).catch(() => {});
      await rename(place.log, `${place.log}.1`);
      await write();
    };
    await write();
    await rotate();
    for (let time = 0; time < 2; time++) {
      const run = begin();
      for (let wait = 0; wait < 2; wait++) {
        while (run.stats().items < expected.length) await new Promise((resolve) => setTimeout(resolve, 2));
        // The first of a run is renamed, and left, while it runs; the last while none does.
        await rotate();
      }
      await new Promise((resolve) => setTimeout(resolve, 60));
      await run.stop();
      await rotate();
    }
    const run = begin();
    while (run.stats().items < expected.length) await new Promise((resolve) => setTimeout(resolve, 2));
    await new Promise((resolve) => setTimeout(resolve, 60));
    await run.stop();
    assert.deepEqual(((await read(place.out)) as string[]).toSorted(), expected.toSorted());
  });

  it('has each line once after any number of kills, across rotations', async () => {
    const { log, out, journal } = newPlace();
    const trace = `${log}.trace`;
    await writeFile(trace, '');
    await writeFile(log, '');
    const program = fileURLToPath(new URL('../../fixtures/tail/follows-log.js', import.meta.url));
    const expected: string[] = [];
    let writing: Promise<void> = Promise.resolve();
    const write = async (count: number): Promise<void> => {
      const lines = Array.from(
        { length: count },
        () => `line ${expected.length + names++}: ${'x'.repeat(50)}`,
      );
      for (const line of lines) expected.push(line);
      // Two at once would be written in either order.
      writing = writing.then(() => appendFile(log, `${lines.join('\n')}\n`));
      await writing;
    };
    for (let kill = 0; kill < kills; kill++) {
      await write(3000);
      const rotating = setInterval(() => {
        // While it runs: what it has open goes on under another name.
        void write(100);
      }, 20);
      const { size } = await stat(trace);
      await runUntil(program, [log, out, journal, trace], trace, 20_000 + (size % 30_000));
      clearInterval(rotating);
      await writing;
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (kill % 2 === 0) {
        for (let old = kill; old > 0; old--)
          await rename(`${log}.${old}`, `${log}.${old + 1}`).catch(() => {});
        await rename(log, `${log}.1`);
        await writeFile(log, '');
      }
    }
    expected.push('last');
    await appendFile(log, 'last\n');
    await runUntil(program, [log, out, journal, trace], trace, Infinity);
    assert.deepEqual(await read(out), expected);
  });
});
