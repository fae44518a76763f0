import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { toNdjson } from 'telar/files';
import { pipeline, readJournal, type RunOptions } from 'telar';
import { copyInto, insertInto } from 'telar/postgres';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { kills, runUntil } from '../../harness/kill.ts';
import { sample } from '../../harness/long.ts';
import { usePool } from '../../harness/pool.ts';
import { needsPosix } from '../../harness/posix.ts';
import { useServer } from '../../servers/http.ts';
import { usePostgres } from '../../servers/postgres.ts';
import { seedOf } from '../../harness/random.ts';

census();
const SEED: number = seedOf(20_251_126);
const pool = usePool();
const database = usePostgres();
let folder: string;
let names = 0;
before(async () => {
  folder = await makeFolder('postgres-journal');
});
after(() => removeFolder(folder));

const makePath = (): string => join(folder, `${names++}.journal`);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

async function makeTable(columns: string): Promise<string> {
  const name = `rows_${names++}`;
  await database.query(`CREATE TABLE ${name} (${columns})`);
  return name;
}

async function read(table: string, column = 'id'): Promise<unknown[]> {
  const rows = await database.query(`SELECT ${column} FROM ${table} ORDER BY ${column}`);
  return rows.map((row) => row[column]);
}

/** Aborts when an item has passed. */
function abortAt(at: number): { signal: AbortSignal; tick: (n: number) => void } {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    tick: (n) => void (n === at && controller.abort(new Error('cut off'))),
  };
}

describe('a table over several runs', () => {
  it('has each row once, wherever they were cut off', async () => {
    const table = await makeTable('id int');
    const journal = makePath();
    let tick: (n: number) => void = () => {};
    const run = (options: RunOptions) =>
      pipeline(range(3000))
        .tap((n) => tick(n))
        .batch(3)
        .flatMap((batch) => batch.map((id) => ({ id })))
        .to(copyInto(database.url, table), { pool, journal, ...options });
    const step = sample(750, 250);
    for (let at = step; at < 3000; at += step) {
      const { signal, tick: next } = abortAt(at);
      tick = next;
      await run({ signal }).catch((error: Error) => assert.equal(error.message, 'cut off'));
    }
    await run({});
    assert.deepEqual(await read(table), range(3000));
    assert.equal((await readJournal(journal)).isComplete, true);
    assert.deepEqual(await database.query('SELECT * FROM telar_journal'), []);
    // And once more: nothing is left to do.
    assert.equal((await run({})).resumed, 3000);
    assert.equal((await read(table)).length, 3000);
  });

  it('is believed, and not the journal, where that has heard less', async () => {
    const table = await makeTable('id int');
    const journal = makePath();
    const fails = join(folder, 'fails');
    const run = () =>
      pipeline(range(500))
        .cpu(
          (id) => {
            if (id === 400 && !process.getBuiltinModule('node:fs').existsSync(fails))
              throw new Error('not yet');
            return { id };
          },
          { chunkSize: 50 },
        )
        .to(copyInto(database.url, table), { pool, journal });
    await assert.rejects(run(), { name: 'TaskError' });
    const committed = (await read(table)).length;
    assert.ok(committed > 0 && committed <= 400);
    // The program died between the commit and the line in the journal, of which only the first is left.
    const { truncate, readFile } = await import('node:fs/promises');
    await truncate(journal, (await readFile(journal)).indexOf(10) + 1);
    await writeFile(fails, '');
    const { resumed } = await run();
    assert.equal(resumed, committed);
    assert.deepEqual(await read(table), range(500));
  });

  it('is refused where it does not know of the run', async () => {
    const table = await makeTable('id int');
    const journal = makePath();
    const { signal, tick } = abortAt(1500);
    const run = (options: RunOptions) =>
      pipeline(range(2000).map((id) => ({ id })))
        .tap(({ id }) => tick(id))
        .to(copyInto(database.url, table), { pool, journal, ...options });
    await assert.rejects(run({ signal }), /cut off/);
    await database.query('DELETE FROM telar_journal');
    await assert.rejects(run({}), /telar_journal does not know of the run/);
  });

  it('gets no dead letters of a run with a journal', async () => {
    const table = await makeTable('id int');
    const running = pipeline([1]).onError(copyInto(database.url, table) as never).run({ journal: makePath() }); // prettier-ignore
    await assert.rejects(running, /give it a file, such as toNdjson/);
    await pipeline([1]).onError(toNdjson(join(folder, 'letters'))).run({ journal: makePath(), pool }); // prettier-ignore
  });

  it('lets a run end whose rows wait for a lock', async () => {
    const table = await makeTable('id int');
    const controller = new AbortController();
    await database.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    try {
      const rows = range(5000).map((id) => ({ id, text: 'x'.repeat(200) }));
      const running = pipeline(rows)
        .cpu(({ id }) => ({ id }))
        .to(copyInto(database.url, table), { pool, journal: makePath(), signal: controller.signal });
      const waits = 'SELECT 1 FROM pg_locks WHERE NOT granted';
      while ((await database.query(waits)).length === 0) await new Promise(setImmediate);
      controller.abort(new Error('enough'));
      await assert.rejects(running, /enough/);
    } finally {
      await database.query('ROLLBACK');
    }
  });

  it('gives its connection back, well or not', async () => {
    const table = await makeTable('id int PRIMARY KEY');
    const count = async (): Promise<unknown> =>
      (await database.query('SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname IS NOT NULL'))[0]?.['n'];
    const before = await count();
    const rows = [{ id: 1 }, { id: 1 }];
    await assert.rejects(pipeline(rows).to(copyInto(database.url, table), { pool, journal: makePath() }), /duplicate key/);
    await assert.rejects(pipeline(rows).to(copyInto(database.url, 'nowhere'), { pool, journal: makePath() }), /There is no table/);
    await pipeline(rows).to(insertInto(database.url, table, { conflict: 'ignore' }), { pool, journal: makePath() });
    assert.deepEqual(await read(table), [1]);
    assert.equal(await count(), before);
  }); // prettier-ignore
});

describe('a program that writes into a table, and is killed', needsPosix('kill -9'), () => {
  const program = fileURLToPath(new URL('../../fixtures/journal/kill-table.js', import.meta.url));
  const server = useServer();
  const file = (): string => join(folder, 'numbers.csv');
  before(async () => {
    await writeFile(file(), `n\n${range(6000).join('\n')}\n`);
    server.on('/numbers', (request, response) => {
      const after = Number(new URL(request.url ?? '', server.url).searchParams.get('after') ?? 0);
      const next = after + 100 < 6000 ? after + 100 : null;
      response.end(JSON.stringify({ numbers: range(6000).slice(after, after + 100), next }));
    });
  });

  const kinds = ['csv', 'pages', 'copy', 'insert'] as const;
  for (const kind of kinds.slice(0, sample(1, 4))) {
    it(`has written each row once, over ${kills} kills (${kind}, seed ${SEED})`, async () => {
      const copies = kind === 'copy' || kind === 'csv';
      const from = { csv: file(), pages: `${server.url}/numbers`, copy: '', insert: '' }[kind];
      let random = SEED;
      for (let killed = 0; killed < kills;) {
        const table = await makeTable(`id int ${copies ? '' : 'PRIMARY KEY'}, value int, hash int`);
        const [journal, trace] = [makePath(), makePath()];
        await writeFile(trace, '');
        let here = 0;
        for (let isKilled = true; isKilled;) {
          random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
          const after = killed < kills ? 1 + (random % 3000) : Infinity;
          const args = [kind, database.url, table, trace, journal, from];
          isKilled = await runUntil(program, args, trace, after * 2);
          if (isKilled) {
            killed++;
            here++;
          }
        }
        const expected = copies ? range(6000) : range(6000).slice(1000);
        assert.deepEqual(await read(table, 'value'), expected, `after ${here} kills`);
        assert.ok((await stat(trace)).size / 2 < 6000 * (1 + here));
      }
    });
  }
});
