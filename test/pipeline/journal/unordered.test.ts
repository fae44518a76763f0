import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { toLines, toNdjson } from 'telar/files';
import { type Pipeline, pipeline } from 'telar';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { usePool } from '../../harness/pool.ts';
import { abortAfter, ticker } from './cut-off.ts';

census();
const pool = usePool();
let folder: string;
before(async () => {
  folder = await makeFolder('unordered');
});
after(() => removeFolder(folder));

const COUNT = 120;
const numbers = Array.from({ length: COUNT }, (_, number) => number);
const unordered = { concurrency: 8, ordered: false };
/** Later ones are done before earlier ones. */
const uneven = async (n: number): Promise<number> => {
  await sleep(((n * 7) % 4) * 2);
  return n;
};
const count = { init: () => 0, step: (sum: number) => sum + 1, merge: (a: number, b: number) => a + b };

const stages: Record<string, (start: Pipeline<number>) => Pipeline<unknown>> = {
  'in front of distinct': (start) => start.io(uneven, unordered).distinct((n) => n),
  'in front of .cpu and distinct': (start) =>
    start
      .io(uneven, unordered)
      .cpu((n) => n)
      .distinct((n) => n % 101),
  'in front of two merges': (start) =>
    start
      .io(uneven, unordered)
      .distinct((n) => n)
      .groupBy((n) => n % 97, count)
      .distinct(([key]) => key),
  'in front of groupBy': (start) => start.io(uneven, unordered).groupBy((n) => n % 50, count),
  'behind distinct': (start) => start.distinct((n) => n).io(uneven, unordered),
  'on both sides of distinct': (start) =>
    start
      .io(uneven, unordered)
      .distinct((n) => n % 101)
      .io(uneven, unordered),
  'in front of a batch and distinct': (start) =>
    start
      .io(uneven, unordered)
      .batch(7)
      .distinct((batch) => batch[0]),
  'with a generator': (start) =>
    start
      .io(async function* (n) {
        yield await uneven(n);
        yield n + 0.5;
      }, unordered)
      .distinct((n) => n),
};

describe('a stage on the event loop without an order, in a run with a journal', () => {
  for (const [where, build] of Object.entries(stages)) {
    it(`gives its results in input order ${where}`, async () => {
      const make = (): Pipeline<unknown> => build(pipeline(numbers)).tap(() => ticker.tick());
      const expected = join(folder, `${where}.expected`);
      ticker.tick = () => {};
      await make().to(toNdjson(expected), { pool, journal: `${expected}.journal` });
      const out = join(folder, where);
      for (const ticks of [5, 40, Infinity]) {
        const signal = abortAfter(ticks);
        // oxlint-disable-next-line no-await-in-loop
        await make()
          .to(toNdjson(out), { pool, journal: `${out}.journal`, signal })
          .catch((thrown: Error) => assert.equal(thrown.message, 'cut off'));
      }
      const [found, whole] = await Promise.all([readFile(out, 'utf8'), readFile(expected, 'utf8')]);
      assert.equal(found, whole);
    });
  }

  it('is the same as without a journal and in order', async () => {
    const out = join(folder, 'plain');
    const journal = `${out}.journal`;
    await pipeline(numbers).io(uneven, unordered).distinct((n) => n).cpu(String).to(toLines(out), { pool, journal }); // prettier-ignore
    assert.deepEqual((await readFile(out, 'utf8')).trim().split('\n').map(Number), numbers);
  });
});
