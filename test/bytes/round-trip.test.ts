import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ByteSink, type ByteSource, csv, lines, ndjson, toCsv, toLines, toNdjson } from 'telar/files';
import { pipeline, TaskError } from 'telar';
import { census } from '../census.ts';
import { collect } from '../harness/collect.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();
let file = '';
let folder = '';
before(async () => {
  folder = await makeFolder('round-trip');
  file = join(folder, 'file');
});
after(() => removeFolder(folder));

/** Writes and reads again; gives what came back and what failed. */
async function goRound<T>(
  items: readonly T[],
  sink: ByteSink<T>,
  read: () => ByteSource<unknown>,
): Promise<{ back: unknown[]; errors: string[] }> {
  const errors: string[] = [];
  await pipeline(items)
    .cpu((item) => item)
    .onError(({ error }) => errors.push(error.message))
    .to(sink as never, { pool });
  return { back: await collect(read()), errors };
}

describe('a first value that begins with what would be a byte order mark', () => {
  it('comes back from every format', async () => {
    const texts = ['\ufeffa', '\ufeff\ufeffb', '\ufeff'];
    const rows = texts.map((text) => [text, 'x']);
    const noHeader = { header: false } as const;
    const noQuotes = { header: false, quote: false } as const;
    const trips: [readonly unknown[], ByteSink<never>, () => ByteSource<unknown>][] = [
      [texts, toLines(file), () => lines(file)],
      [texts, toLines(`${file}.gz`), () => lines(`${file}.gz`)],
      [texts, toNdjson(file), () => ndjson(file)],
      [rows, toCsv(file, noHeader), () => csv(file, noHeader)],
      [rows, toCsv(file, noQuotes), () => csv(file, noQuotes)],
      [[{ '\ufeffa': '1', b: '\ufeff' }], toCsv(file), () => csv(file)],
    ];
    for (const [items, sink, read] of trips) {
      assert.deepEqual(await goRound(items, sink as ByteSink<unknown>, read), { back: items, errors: [] });
    }
  });

  it('gets its mark once when a run goes on', async () => {
    const out = join(folder, 'resumed');
    let isCut = true;
    const run = (): Promise<unknown> =>
      pipeline(Array.from({ length: 3000 }, (_, n) => `\ufeff${n}`))
        .io((text) => {
          if (isCut && text === '\ufeff2500') throw new Error('cut off');
          return text;
        })
        .to(toLines(out), { pool, journal: join(folder, 'journal') });
    await assert.rejects(run(), /cut off/);
    isCut = false;
    await run();
    assert.deepEqual(
      await collect(lines(out)),
      Array.from({ length: 3000 }, (_, n) => `\ufeff${n}`),
    );
  });
});

describe('a text that has no form in UTF-8', () => {
  const half = 'spool 🧵'.slice(0, -1);
  const trips: Record<string, [readonly unknown[], () => ByteSink<never>]> = {
    'of a line': [['a', half, 'b'], () => toLines(file)],
    'of a field': [[{ t: 'a' }, { t: half }, { t: 'b' }], () => toCsv(file)],
    'of a field in quotes': [[{ t: 'a' }, { t: `${half},"` }, { t: 'b' }], () => toCsv(file)],
    'of an array': [[['a'], [half], ['b']], () => toCsv(file)],
    'of the name of a field': [[{ [half]: 'x' }, { t: 'a' }, { t: 'b' }], () => toCsv(file)],
  };
  for (const [what, [items, makeSink]] of Object.entries(trips)) {
    it(`is a failure of its item, and not written as another one: ${what}`, async () => {
      const { errors } = await goRound(items, makeSink() as ByteSink<unknown>, () => lines(file));
      assert.equal(errors.length, 1);
      assert.match(errors[0] ?? '', /half of a character \(a lone surrogate\) at position/);
      assert.doesNotMatch(await readFile(file, 'utf8'), /\ufffd|spool/);
    });
  }

  it('comes back from NDJSON, which has one', async () => {
    const { back } = await goRound([half], toNdjson(file) as ByteSink<unknown>, () => ndjson(file));
    assert.deepEqual(back, [half]);
  });
});

describe('csv without quotes', () => {
  it('reads and writes what others write without them', async () => {
    const rows = [
      ['12" vinyl', "it's"],
      ['"', ''],
    ];
    const options = { header: false, delimiter: '\t', quote: false } as const;
    const sink = toCsv(file, options) as ByteSink<unknown>;
    const { back, errors } = await goRound(rows, sink, () => csv(file, options));
    assert.deepEqual([back, errors], [rows, []]);
    assert.equal(await readFile(file, 'utf8'), '12" vinyl\tit\'s\n"\t\n');
  });

  it('refuses to write what could not be told apart', async () => {
    const sink = toCsv(file, { header: false, quote: false });
    for (const row of [['a,b'], ['a\nb'], ['']]) {
      await assert.rejects(pipeline([row]).to(sink, { pool }), (error) => {
        assert.ok(error instanceof TaskError);
        assert.match(error.message, /without quotes to tell/);
        return true;
      });
    }
  });
});
