import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { toNdjson } from 'telar/files';
import { pipeline, readJournal, type StartedRun } from 'telar';
import { census } from '../census.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';
import { runProgram } from '../harness/program.ts';

census();
const pool = usePool();
let folder = '';
let names = 0;
before(async () => {
  folder = await makeFolder('started');
});
after(() => removeFolder(folder));

/** Numbers without end, that say when they are closed, and which were handed out. */
function count(): AsyncIterable<number> & { given: number; isClosed: boolean } {
  return {
    given: 0,
    isClosed: false,
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          yield this.given++;
          if (this.given % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        this.isClosed = true;
      }
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const readLines = async (file: string): Promise<unknown[]> =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('a run that was started', () => {
  it('goes on until it is told to stop: what was taken is in the sink, and the source is closed', async () => {
    const source = count();
    const file = join(folder, 'numbers.ndjson');
    const run = pipeline(source)
      .cpu((n) => n * 2)
      .start(toNdjson(file), { pool });
    await until(() => run.stats().items > 100);
    const summary = await run.stop();
    assert.equal(source.isClosed, true);
    const lines = await readLines(file);
    assert.deepEqual(
      lines,
      lines.map((_, at) => at * 2),
    );
    assert.equal(summary.items, lines.length);
    assert.equal(await run.done, summary);
    assert.equal(run.stats().items, summary.items);
    // Told twice, it is over.
    assert.equal(await run.stop(), summary);
  });

  it('ends by itself with its source, or with the block that it was made in', async () => {
    const seen: number[] = [];
    const run = pipeline([1, 2, 3])
      .tap((n) => seen.push(n))
      .start({ pool });
    assert.equal((await run.done).items, 3);
    assert.deepEqual(seen, [1, 2, 3]);
    const source = count();
    const own = pipeline(source).start({ pool });
    await until(() => source.given > 10);
    await own[Symbol.asyncDispose]();
    assert.equal(source.isClosed, true);
  });

  it('that is stopped before it has begun takes nothing', async () => {
    const source = count();
    const summary = await pipeline(source)
      .cpu(String)
      .start(toNdjson(join(folder, 'none')), { pool })
      .stop();
    assert.equal(summary.items <= 64, true);
  });

  it('that fails says so to whoever asks, and ends no program', async () => {
    const run = pipeline([1])
      .tap(() => {
        throw new RangeError('one');
      })
      .start({ pool });
    await assert.rejects(run.done, /one/);
    await assert.rejects(run.stop(), /one/);
    await assert.rejects(async () => await run[Symbol.asyncDispose](), /one/);
    const entry = JSON.stringify(import.meta.resolve('telar'));
    const program = `import { pipeline } from ${entry};
      pipeline([1]).tap(() => { throw new Error('unheard'); }).start();
      setTimeout(() => console.log('alive'), 100);`;
    assert.equal(await runProgram(process.execPath, ['--input-type=module', '--eval', program]), 'alive\n');
  });

  it('refuses wrong arguments at the call', () => {
    const started =
      (...args: unknown[]) =>
      () =>
        (pipeline([1]).start as (...all: unknown[]) => StartedRun).apply(pipeline([1]), args);
    assert.throws(started({ worker: 1 }), /Did you mean `workers`/);
    assert.throws(started({ workers: 0 }), /Expected `workers`/);
    assert.throws(started(5, {}), /Expected/);
  });
});

describe('a run with a journal that was stopped', () => {
  it('goes on behind that, any number of times, into a file that is there meanwhile', async () => {
    const items = Array.from({ length: 20_000 }, (_, n) => n);
    const file = join(folder, 'stopped.ndjson');
    const rejected = join(folder, 'stopped-rejected.ndjson');
    const journal = join(folder, `${names++}.journal`);
    const start = (): StartedRun =>
      pipeline(items)
        .cpu((n) => {
          if (n % 1000 === 999) throw new Error(`bad ${n}`);
          return n;
        })
        .onError(toNdjson(rejected))
        .start(toNdjson(file), { pool, journal });
    let before = 0;
    for (let stops = 0; stops < 4; stops++) {
      const run = start();
      await until(() => run.stats().items > before + 500);
      await run.stop();
      const lines = await readLines(file);
      const expected = items.filter((n) => n % 1000 !== 999).slice(0, lines.length);
      assert.deepEqual(lines, expected);
      before = lines.length;
      if (before < 19_000) assert.equal((await readJournal(journal)).isComplete, false);
    }
    await start().done;
    assert.deepEqual(
      await readLines(file),
      items.filter((n) => n % 1000 !== 999),
    );
    assert.equal((await readLines(rejected)).length, 20);
    assert.equal((await readJournal(journal)).isComplete, true);
  });
});
