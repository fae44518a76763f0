import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { csv, lines, ndjson, toCsv, toLines, toNdjson } from 'telar/files';
import {
  type Pipeline,
  pipeline,
  type PipelineSummary,
  readJournal,
  type RunOptions,
  skip,
  stop,
} from 'telar';
import { abortAfter, each, runInParts, ticker } from './cut-off.ts';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { usePool } from '../../harness/pool.ts';
import { sample } from '../../harness/long.ts';
import { seedOf } from '../../harness/random.ts';

census();
const pool = usePool();
const SEED: number = seedOf(20_251_126);
let folder: string;
let names = 0;

before(async () => {
  folder = await makeFolder('pipeline-journal');
});

after(() => removeFolder(folder));
const makePath = (end = ''): string => join(folder, `${names++}${end}`);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const read = (path: string): Promise<string> => readFile(path, 'utf8');

function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Stage = (stages: Pipeline<number>) => Pipeline<number>;

const kinds: readonly Stage[] = [
  (stages) => stages.cpu((n) => n + 1),
  (stages) => stages.filter((n) => n % 7 !== 0),
  (stages) => stages.flatMap((n) => Array.from({ length: n % 4 }, (_, part) => n * 4 + part)),
  (stages) => stages.io(async (n) => (n % 5 === 0 ? skip : n), { concurrency: 3 }),
  (stages) => stages.io(async function* (n) { for (let part = 0; part < n % 3; part++) yield n * 3 + part; }),
  (stages) => stages.batch(6).flatMap((batch) => batch.map((n, at) => n + at)),
  (stages) => stages.batch(4).io(async (batch) => batch.length * (batch[0] ?? 0), { concurrency: 2, ordered: false }),
  (stages) => stages.distinct((n) => n % 1009),
  (stages) => stages.groupBy((n) => n % 211, { init: () => 0, step: (sum, n) => sum + n, merge: (a, b) => a + b }).cpu(([key, sum]) => key + sum),
]; // prettier-ignore

describe('a pipeline with a journal', () => {
  for (let round = 0; round < sample(2, 40); round++) {
    it(`ends as if it had not been cut off (seed ${SEED + round})`, async () => {
      const random = makeRandom(SEED + round);
      const chosen = Array.from({ length: 1 + random(4) }, () => kinds[random(kinds.length)] as Stage);
      const file = makePath('.txt');
      await writeFile(file, range(3000).join('\n'));
      const isFile = round % 2 === 0;
      const where = random(chosen.length);
      const make = (): Pipeline<number> => {
        let stages: Pipeline<number> = isFile
          ? pipeline(lines(file)).cpu(Number)
          : (pipeline(each(range(3000))) as Pipeline<number>);
        for (const [at, stage] of chosen.entries()) {
          stages = stage(stages);
          if (at === where) stages = stages.tap(() => ticker.tick());
        }
        return stages;
      };
      const [expected, out, journal] = [makePath(), makePath(), makePath('.journal')];
      ticker.tick = () => {};
      await make().to(toNdjson(expected), { pool });
      const { cuts } = await runInParts(
        pool,
        (options) => make().to(toNdjson(out), options),
        journal,
        () => random(700),
      );
      assert.ok(cuts > 0 || (await read(expected)).length < 20_000, `${cuts} cuts`);
      assert.equal(await read(out), await read(expected), `after ${cuts} cuts`);
      assert.equal((await readJournal(journal)).isComplete, true);
    });
  }

  it('does only what is left', async () => {
    const [out, journal] = [makePath(), makePath('.journal')];
    const run = (options: RunOptions): Promise<PipelineSummary> =>
      pipeline(range(5000)).cpu((n) => n * 2).batch(10).tap(() => ticker.tick()).to(toNdjson(out), options); // prettier-ignore
    await assert.rejects(run({ pool, journal, signal: abortAfter(250) }), /cut off/);
    assert.ok(!existsSync(out));
    const { done, isComplete } = await readJournal(journal);
    assert.ok(done > 0 && !isComplete);
    let ticks = 0;
    ticker.tick = () => ticks++;
    const { resumed, items, stages } = await run({ pool, journal });
    assert.equal(resumed, done);
    assert.equal(items, 5000);
    assert.equal(stages[0]?.items, 5000 - done);
    assert.ok(ticks <= 500 - 100, `${ticks} batches ran again or anew`);
    const text = await read(out);
    // And nothing the third time.
    const again = await run({ pool, journal });
    assert.deepEqual([again.items, again.resumed, again.compute], [5000, 5000, 0]);
    assert.equal(await read(out), text);
  });

  it('runs for its effects, each at least once', async () => {
    const journal = makePath('.journal');
    const seen = new Map<number, number>();
    const run = (options: RunOptions): Promise<PipelineSummary> =>
      pipeline(range(2000))
        .io(async (n) => void seen.set(n, (seen.get(n) ?? 0) + 1))
        .tap(() => ticker.tick())
        .run(options);
    await runInParts(pool, run, journal, () => 600);
    assert.equal(seen.size, 2000);
    assert.ok([...seen.values()].filter((times) => times > 1).length < 1500);
  });

  it('takes a failed stage up again where it failed', async () => {
    const [out, journal, flag] = [makePath(), makePath('.journal'), makePath()];
    const run = (): Promise<PipelineSummary> =>
      pipeline(range(1000))
        .cpu((n) => {
          const { existsSync: exists } = process.getBuiltinModule('node:fs');
          if (n === 777 && !exists(flag)) throw new RangeError('not yet');
          return n;
        }, { chunkSize: 10 })
        .to(toLines(out) as never, { pool, journal }); // prettier-ignore
    await assert.rejects(run(), { name: 'TaskError', index: 777 });
    await writeFile(flag, '');
    const { resumed } = await run();
    assert.ok(resumed >= 700, `${resumed} resumed`);
    assert.equal(await read(out), `${range(1000).join('\n')}\n`);
  });

  it('hands stop on', async () => {
    for (const isOnWorkers of [true, false]) {
      const [out, journal] = [makePath(), makePath('.journal')];
      const limit = (n: number): number | typeof stop => (n === 900 ? stop : n);
      const run = (options: RunOptions): Promise<PipelineSummary> => {
        const stages = isOnWorkers ? pipeline(each(range(5000))).cpu(limit as never) : pipeline(each(range(5000))).io(limit as never);
        return stages.tap(() => ticker.tick()).to(toNdjson(out), options);
      }; // prettier-ignore
      await runInParts(pool, run, journal, () => 333);
      assert.equal(await read(out), `${range(900).join('\n')}\n`);
    }
  });

  it('names the lines of records behind which it went on', async () => {
    const [input, out, letters, journal] = [makePath('.ndjson'), makePath(), makePath(), makePath('.journal')];
    const bad = [17, 2500, 4100, 9999];
    await writeFile(input, range(10_000).map((n) => (bad.includes(n) ? '{torn' : `{"n":${n},"more":"${'x'.repeat(150)}"}`)).join('\n'));
    const run = (options: RunOptions): Promise<PipelineSummary> =>
      pipeline(ndjson<{ n: number }>(input))
        .cpu(({ n }) => n)
        .onError(toNdjson(letters))
        .tap(() => ticker.tick())
        .to(toNdjson(out), options);
    const { cuts } = await runInParts(pool, run, journal, () => 3000);
    assert.ok(cuts > 1);
    const found = (await read(letters)).trim().split('\n').map((line) => JSON.parse(line) as { error: { line: number } });
    assert.deepEqual(found.map(({ error }) => error.line), bad.map((n) => n + 1));
    assert.equal((await read(out)).trim().split('\n').length, 10_000 - bad.length);
  }); // prettier-ignore

  it('ends what only lacked its end', async () => {
    const [out, journal] = [makePath(), makePath('.journal')];
    const run = (): Promise<PipelineSummary> =>
      pipeline(range(100)).cpu((n) => n).to(toNdjson(out), { pool, journal }); // prettier-ignore
    await run();
    const whole = await readFile(journal);
    const text = await read(out);
    // As if it had died behind the rename, …
    await truncate(journal, whole.lastIndexOf(10, whole.length - 2) + 1);
    assert.equal((await run()).resumed, 100);
    assert.equal(await read(out), text);
    // … and before it, with all that was written beside the file.
    await truncate(journal, whole.lastIndexOf(10, whole.length - 2) + 1);
    const place = createHash('sha256').update(journal).digest('hex').slice(0, 12);
    await rename(out, join(folder, `.${basename(out)}.${place}.tmp`));
    assert.equal((await run()).resumed, 100);
    assert.equal(await read(out), text);
  });

  it('keeps what it has when it is cut off, and nothing beside the file when it ends', async () => {
    const [out, journal] = [makePath('-beside'), makePath('.journal')];
    const run = (options: RunOptions): Promise<PipelineSummary> =>
      pipeline(range(3000)).batch(5).tap(() => ticker.tick()).to(toNdjson(out), options); // prettier-ignore
    const beside = async (): Promise<number> =>
      (await readdir(folder)).filter((name) => name.includes(basename(out))).length;
    await assert.rejects(run({ pool, journal, signal: abortAfter(300) }));
    assert.equal(await beside(), 1);
    ticker.tick = () => {};
    await run({ pool, journal });
    assert.equal(await beside(), 1);
    assert.ok(existsSync(out));
  });
});

describe('a CSV file over several runs', () => {
  it('has one header, and one set of columns', async () => {
    const [input, out, journal, expected] = [makePath('.csv.gz'), makePath(), makePath('.journal'), makePath()];
    await writeFile(input, gzipSync(`a,b\n${range(30_000).map((n) => `${n},"x, ${n % 3}"`).join('\n')}\n`));
    const make = (): Pipeline<unknown> => pipeline(csv(input)).cpu((row) => row).tap(() => ticker.tick()); // prettier-ignore
    ticker.tick = () => {};
    await make().to(toCsv(expected) as never, { pool });
    const { cuts } = await runInParts(pool, (options) => make().to(toCsv(out) as never, options), journal, () => 9000);
    assert.ok(cuts > 0);
    assert.equal(await read(out), await read(expected));
  }); // prettier-ignore
});
