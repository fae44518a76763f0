import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { type ByteSink, type ByteSource, csv, lines, toLines, toNdjson } from 'telar/files';
import { JournalError, pipeline, type PipelineSummary, type RunOptions } from 'telar';
import { abortAfter, each, ticker } from './cut-off.ts';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();
let folder: string;
let names = 0;
before(async () => {
  folder = await makeFolder('pipeline-mismatch');
});
after(() => removeFolder(folder));

const makePath = (end = ''): string => join(folder, `${names++}${end}`);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const read = (path: string): Promise<string> => readFile(path, 'utf8');

describe('what has changed', () => {
  const double = (n: number): number => n * 2;
  const cut = async (input: () => unknown, journal: string, out: string): Promise<void> => {
    const running = pipeline(input() as number[]).cpu(double).tap(() => ticker.tick()).to(toNdjson(out), { pool, journal, signal: abortAfter(600) });
    await assert.rejects(running, /cut off/);
  }; // prettier-ignore
  const again = (input: unknown, journal: RunOptions['journal'], out: string): Promise<PipelineSummary> => {
    ticker.tick = () => {};
    return pipeline(input as number[]).cpu(double).tap(() => ticker.tick()).to(toNdjson(out), { pool, journal });
  }; // prettier-ignore

  it('is refused: items that were done, and fewer items', async () => {
    const [out, journal] = [makePath(), makePath('.journal')];
    await cut(() => each(range(2000)), journal, out);
    for (const items of [range(2000).with(3, -1), range(2000).toReversed(), range(5)]) {
      await assert.rejects(again(each(items), journal, out), (error: JournalError) => {
        assert.ok(error instanceof JournalError, String(error));
        assert.deepEqual([error.reason, error.changed], ['mismatch', ['input']]);
        return true;
      });
    }
    await again(each(range(2000)), journal, out);
    assert.equal(await read(out), `${range(2000).map(double).join('\n')}\n`);
    // Also when nothing is left to do.
    for (const items of [range(2001), range(1999), range(2000).with(1999, 0)]) {
      await assert.rejects(again(each(items), journal, out), { reason: 'mismatch', changed: ['input'] });
    }
  });

  it('is refused: the encoding of a file, and the columns that are given for it', async () => {
    const [path, out, journal] = [makePath('.csv'), makePath(), makePath('.journal')];
    await writeFile(
      path,
      range(2000)
        .map((n) => `${n},é\n`)
        .join(''),
    );
    const run = (source: unknown): Promise<PipelineSummary> =>
      pipeline(source as ByteSource<unknown>).cpu((row) => row).to(toNdjson(out), { pool, journal }); // prettier-ignore
    const refused = async (source: unknown): Promise<void> =>
      await assert.rejects(run(source), { reason: 'mismatch', changed: ['input'] });
    await run(csv(path, { columns: ['a', 'b'] }));
    await refused(csv(path, { columns: ['b', 'a'] }));
    await refused(csv(path, { columns: ['a', 'b'], header: true }));
    await refused(csv(path, { columns: ['a', 'b'], encoding: 'latin1' }));
    await run(csv(path, { columns: ['a', 'b'], header: false }));
    await rm(journal);
    await run(lines(path, { encoding: 'latin1' }));
    await refused(lines(path));
    await run(lines(path, { encoding: 'windows-1252' }));
  });

  it('is refused: a stage, its options, a value that it captures, the sink', async () => {
    const [out, journal] = [makePath(), makePath('.journal')];
    const run = (
      rate: number,
      more: { retries?: number; path?: string; size?: number; text?: boolean } = {},
    ) =>
      pipeline(range(50))
        .cpu((n) => n * rate, { retries: more.retries ?? 0 })
        .batch(more.size ?? 2)
        .io(more.text === true ? async (batch) => [...batch] : async (batch) => batch)
        .to(toNdjson(more.path ?? out), { pool, journal });
    await run(2);
    for (const [changed, running] of [
      ['task', () => run(3)],
      ['task', () => run(2, { text: true })],
      ['options', () => run(2, { retries: 2 })],
      ['options', () => run(2, { size: 3 })],
      ['options', () => run(2, { path: makePath() })],
    ] as const) {
      await assert.rejects(running(), { name: 'JournalError', reason: 'mismatch', changed: [changed] });
    }
    assert.equal((await run(2)).resumed, 50);
  });

  it('is refused: a file that was written to, before or after the place where it was cut off', async () => {
    const [input, out, journal] = [makePath('.txt'), makePath(), makePath('.journal')];
    const run = (options: RunOptions): Promise<PipelineSummary> =>
      pipeline(lines(input)).tap(() => ticker.tick()).to(toLines(out), options); // prettier-ignore
    const text = `${range(40_000).join('\n')}\n`;
    await writeFile(input, text);
    const time = new Date(1_700_000_000_000);
    await utimes(input, time, time);
    await assert.rejects(run({ pool, journal, signal: abortAfter(20_000) }), /cut off/);
    ticker.tick = () => {};
    for (const other of [`${text}1\n`, text.replace('17\n', '71\n'), text.slice(0, -2)]) {
      await writeFile(input, other);
      await utimes(input, time, time);
      await assert.rejects(run({ pool, journal }), { reason: 'mismatch', changed: ['input'] });
    }
    await writeFile(input, text);
    await assert.rejects(run({ pool, journal }), { reason: 'mismatch' }, 'another time');
    await utimes(input, time, time);
    await run({ pool, journal });
    assert.equal(await read(out), text);
  });

  it('is refused: a stream that begins otherwise', async () => {
    const [out, journal] = [makePath(), makePath('.journal')];
    const text = `${range(60_000).join('\n')}\n`;
    const open = (all: string): PassThrough => new PassThrough().end(all);
    const run = (all: string, options: RunOptions): Promise<PipelineSummary> =>
      pipeline(lines(open(all) as never)).tap(() => ticker.tick()).to(toLines(out), options); // prettier-ignore
    await assert.rejects(run(text, { pool, journal, signal: abortAfter(30_000) }), /cut off/);
    ticker.tick = () => {};
    await assert.rejects(run(text.replace('17\n', '71\n'), { pool, journal }), { reason: 'mismatch' });
    await assert.rejects(run('1\n', { pool, journal }), { reason: 'mismatch' });
    const { resumed } = await run(text, { pool, journal });
    assert.ok(resumed > 0);
    assert.equal(await read(out), text);
  });

  it('starts over where that is asked for', async () => {
    const [out, journal] = [makePath('-over'), makePath('.journal')];
    await cut(() => range(2000), journal, out);
    const { resumed } = await again(range(7), { path: journal, onMismatch: 'restart' }, out);
    assert.equal(resumed, 0);
    assert.equal(await read(out), `${range(7).map(double).join('\n')}\n`);
    assert.deepEqual((await readdir(folder)).filter((name) => name.includes('-over') && name.endsWith('.tmp')), []);
  }); // prettier-ignore

  it('is told: a file that is gone', async () => {
    const [out, journal] = [makePath(), makePath('.journal')];
    await cut(() => range(2000), journal, out);
    const temporary = (await readdir(folder)).find((name) => name.startsWith(`.${basename(out)}.`)) as string;
    await truncate(join(folder, temporary), 3);
    await assert.rejects(again(range(2000), journal, out), /as the journal says, found 3/);
    await rm(join(folder, temporary));
    await assert.rejects(again(range(2000), journal, out), /is missing\. Remove the journal/);
    await rm(journal);
    await again(range(2000), journal, out);
    await rm(out);
    await assert.rejects(again(range(2000), journal, out), /was complete, and is not any more/);
  });

  it('is refused: a journal that another run uses', async () => {
    const [out, journal] = [makePath(), makePath('.journal')];
    let other: Promise<unknown> | undefined;
    const first = pipeline(range(100))
      .tap(() => (other ??= again(range(100), journal, out).catch((error: unknown) => error)) as never)
      .to(toNdjson(out), { pool, journal });
    await first;
    assert.equal(((await other) as JournalError).reason, 'in-use');
  });
});

describe('what cannot resume', () => {
  it('is said at the call', async () => {
    const journal = makePath('.journal');
    const stages = pipeline(range(3));
    const custom: ByteSink<unknown> = { kind: 'bytes', open: () => Promise.reject(new Error('opened')) };
    for (const [run, message] of [
      [() => stages.toArray({ journal }), /`journal` is an option of \.run\(\), \.to\(sink\) and \.start\(\)/],
      [() => stages.count({ journal }), /`journal` is an option of/],
      [() => stages.forEach(() => {}, { journal }), /`journal` is an option of/],
      [() => stages.topK(1, (n) => n, { journal }), /`journal` is an option of/],
      [() => stages.to(toNdjson(new PassThrough()), { journal }), /takes no run with a journal: it writes to a stream/],
      [() => stages.to(toNdjson(makePath('.gz')), { journal }), /it compresses what it writes/],
      [() => stages.to(custom, { journal }), /toLines, toNdjson and toCsv into a file, copyInto and insertInto/],
      [() => stages.onError(custom).run({ journal }), /The sink of \.onError\(\) cannot go on/],
      [() => stages.run({ journal: { path: journal, retryFailed: true } as never }), /`retryFailed` is for the journals/],
      [() => stages.run({ journal: 5 as never }), /Expected `journal` to be a path/],
      [() => stages.run({ journal: { path: journal, onMismatch: 'merge' as never } }), /'refuse' or 'restart'/],
    ] as const) {
      await assert.rejects(run as () => Promise<unknown>, (error: Error) => {
        assert.match(error.message, message);
        return error instanceof TypeError;
      });
    }
    assert.throws(() => stages.iterate({ journal }), /`journal` is an option of/);
    await assert.rejects(stat(journal), { code: 'ENOENT' });
  }); // prettier-ignore
});
