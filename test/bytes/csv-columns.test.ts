import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ndjson, toCsv } from 'telar/files';
import { type DeadLetter, importTasks, pipeline } from 'telar';
import { census } from '../census.ts';
import type * as SleepsOnce from '../fixtures/tasks/loading/sleeps-once.ts';
import { makeMixedRow, makeRow, makeTornRows, type Row } from '../fixtures/tasks/rows.ts';
import { catchReason } from '../harness/collect.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();
let folder = '';
before(async () => {
  folder = await makeFolder('csv-columns');
});
after(() => removeFolder(folder));
const at = (name: string): string => join(folder, name);
const ids = Array.from({ length: 60 }, (_, id) => id);

/** Gives the text of the file, and the ids of the items that became dead letters. */
async function write(
  make: (id: number) => unknown,
  chunkSize: number | undefined,
): Promise<{ text: string; failed: unknown[]; errors: string[] }> {
  const letters: DeadLetter[] = [];
  await pipeline(ids)
    .cpu(make as (id: number) => Row, { ...(chunkSize !== undefined && { chunkSize }) })
    .onError((letter) => void letters.push(letter))
    .to(toCsv(at('rows.csv')), { pool });
  return {
    text: await readFile(at('rows.csv'), 'utf8'),
    failed: letters.map(({ item }) => item),
    errors: [...new Set(letters.map(({ error }) => error.message.replace(/^.*failed: /, '')))],
  };
}

describe('the columns of toCsv, where none are given,', () => {
  for (const chunkSize of [1, 3, 7, 1000, undefined]) {
    it(`are those of the first row, in chunks of ${chunkSize ?? 'any size'}: a row with others is a dead letter`, async () => {
      const isOdd = (id: number): boolean => id % 7 === 5 || (id > 3 && id <= 30);
      const { text, failed, errors } = await write(makeRow, chunkSize);
      const good = ids.filter((id) => id >= 3 && !isOdd(id));
      assert.equal(text, `id,name\n${good.map((id) => `${id},row ${id}\n`).join('')}`);
      assert.deepEqual(
        failed,
        ids.filter((id) => id >= 3 && isOdd(id)),
      );
      assert.deepEqual(errors.length, 1);
      assert.match(String(errors), /also has `extra`: the columns are id, name\. Give `columns` to toCsv/);
    });

    it(`are none where the first row is an array, in chunks of ${chunkSize ?? 'any size'}: an object is a dead letter`, async () => {
      const rows = (id: number): unknown => makeMixedRow(id + 1);
      const { text, failed } = await write(rows, chunkSize);
      assert.equal(
        text,
        ids
          .map((id) => id + 1)
          .filter((id) => id % 3 > 0)
          .map((id) => `${id}\n`)
          .join(''),
      );
      assert.deepEqual(
        failed,
        ids.filter((id) => (id + 1) % 3 === 0),
      );
    });
  }

  it('are not those of a row that was taken back, as its item failed', async () => {
    for (const chunkSize of [1, 60]) {
      const { text, failed } = await write(makeTornRows, chunkSize);
      assert.equal(text, `id\n${ids.slice(1).join('\n')}\n`);
      assert.deepEqual(failed, [0]);
    }
  });

  it('end the run at a row with others, where nobody takes dead letters', async () => {
    const run = pipeline(ids)
      .cpu(makeRow, { chunkSize: 1 })
      .to(toCsv(at('never.csv')), { pool });
    const reason = (await catchReason(run)) as Error;
    assert.match(reason.message, /4.*also has `extra`: the columns are id, name/);
  });

  it('are waited for by all workers where the first row is long in coming', async () => {
    const begun = new Int32Array(new SharedArrayBuffer(4));
    await pipeline([1, 2, 3, 4])
      .cpu(
        (id) => {
          // The first row takes until another worker has begun with the second.
          if (id === 1) Atomics.wait(begun, 0, 0, 20_000);
          else Atomics.store(begun, 0, 1);
          Atomics.notify(begun, 0);
          return { id, isAlone: begun[0] === 0 };
        },
        { chunkSize: 1 },
      )
      .to(toCsv(at('slow.csv')), { pool });
    assert.equal(await readFile(at('slow.csv'), 'utf8'), 'id,isAlone\n1,false\n2,false\n3,false\n4,false\n');
  });

  it('are those of the first row, however long workers take to load the task', async () => {
    const mark = encodeURIComponent(at('slept'));
    const slow = importTasks<typeof SleepsOnce>(
      new URL(`../fixtures/tasks/loading/sleeps-once.js?${mark}`, import.meta.url),
    );
    const lost: unknown[] = [];
    await pipeline([1, 2, 3, 4])
      .cpu(slow.parse, { chunkSize: 1 })
      .cpu((id) => (id % 4 === 0 ? { other: id } : { id }))
      .onError(({ item }) => void lost.push(item))
      .to(toCsv(at('loaded.csv')), { pool });
    assert.equal(await readFile(at('loaded.csv'), 'utf8'), 'id\n2\n6\n');
    assert.deepEqual(lost, [2, 4]);
  });

  it('are those of the first row of a file, also behind blocks without any', async () => {
    const filler = `{"id":1}${' '.repeat(1000)}\n`.repeat(6000);
    await writeFile(at('log.ndjson'), `${filler}{"id":2}\n${filler}{"name":"x"}\n{"id":3}\n`);
    const lost: unknown[] = [];
    await pipeline(ndjson<Row>(at('log.ndjson')))
      .filter(({ id }) => id !== 1)
      .onError(({ item }) => void lost.push(item))
      .to(toCsv(at('few.csv')), { pool });
    assert.equal(await readFile(at('few.csv'), 'utf8'), 'id\n2\n3\n');
    assert.equal(lost.length, 1);
  });
});
