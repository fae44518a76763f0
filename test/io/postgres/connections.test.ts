import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pipeline } from 'telar';
import { type Connection, copyInto, copyOut, insertInto, query } from 'telar/postgres';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { sample } from '../../harness/long.ts';
import { usePool } from '../../harness/pool.ts';
import { openCut } from '../../servers/cut.ts';
import { usePostgres } from '../../servers/postgres.ts';

census();
const pool = usePool();
const database = usePostgres();
let folder = '';
let names = 0;
before(async () => {
  folder = await makeFolder('postgres-connections');
});
after(() => removeFolder(folder));

async function makeTable(): Promise<string> {
  const name = `lost_${names++}`;
  await database.query(`CREATE TABLE ${name} (n int, t text)`);
  return name;
}

const rows = (count: number): { n: number; t: string }[] =>
  Array.from({ length: count }, (_, n) => ({ n, t: 'x'.repeat(100) }));

async function readAll(connection: Connection): Promise<number> {
  let count = 0;
  for await (const _ of query(connection, `SELECT g, repeat('x', 100) FROM generate_series(1, 500) AS g`, {
    rows: 50,
  }))
    count++;
  return count;
}

async function endConnections(like: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const ended = await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE '${like}' AND pid <> pg_backend_pid()`,
    );
    if (ended.length > 0) return;
    await sleep(10);
  }
}

describe('a connection that is cut', () => {
  const writes: Record<string, (connection: Connection) => Promise<unknown>> = {
    copyInto: (connection) => pipeline(rows(2000)).to(copyInto(connection, 'cut'), { pool }),
    insertInto: (connection) => pipeline(rows(50)).to(insertInto(connection, 'cut'), { pool }),
    query: (connection) => readAll(connection),
    copyOut: (connection) =>
      pipeline(copyOut(connection, `SELECT g, repeat('x', 100) FROM generate_series(1, 5000) AS g`)).count({
        pool,
      }),
  };
  const count = async (): Promise<unknown> =>
    (await database.query('SELECT count(*)::int AS n FROM cut'))[0]?.['n'];
  const most = sample(2 ** 11, 2 ** 19);
  before(() => database.query('CREATE TABLE cut (n int, t text)'));

  for (const direction of ['up', 'down'] as const) {
    it(`behind any byte ${direction === 'up' ? 'to' : 'from'} the server rejects the call, and leaves the table as it was`, async () => {
      for (const [name, run] of Object.entries(writes)) {
        for (let bytes = 1; bytes <= most; bytes *= 2) {
          const cut = await openCut(database.url, bytes, direction);
          try {
            // Far enough behind, all is done before the cut, which then changes nothing.
            const ended = await run(cut.url).then(
              () => 'done',
              () => 'rejected',
            );
            if (name.endsWith('Into')) await assertWritten(name, bytes, ended);
            await database.query('TRUNCATE cut');
          } finally {
            await cut.close();
          }
        }
      }
    });
  }

  /** Checks a write whose sender heard no answer to COMMIT, and so cannot know: all is there, or nothing. */
  async function assertWritten(name: string, bytes: number, ended: string): Promise<void> {
    const all = name === 'copyInto' ? 2000 : 50;
    const held = await count();
    if (ended === 'done' || held !== 0) assert.equal(held, all, `${name} ${bytes}`);
  }

  it('again and again loads each row once, with a journal', async () => {
    for (const direction of ['up', 'down'] as const) {
      const journal = join(folder, `${names++}.journal`);
      let cuts = 0;
      const load = (url: string): Promise<unknown> =>
        pipeline(rows(sample(1000, 20_000))).to(copyInto(url, 'cut'), { pool, journal });
      for (let bytes = 1; bytes <= most * 2; bytes *= 2) {
        const cut = await openCut(database.url, bytes, direction);
        await load(cut.url).catch(() => cuts++);
        await cut.close();
      }
      await load(database.url);
      assert.ok(cuts > 8, String(cuts));
      const [held] = await database.query(
        'SELECT count(*)::int AS n, count(DISTINCT n)::int AS differ FROM cut',
      );
      assert.deepEqual(held, { n: sample(1000, 20_000), differ: sample(1000, 20_000) }, direction);
      await database.query('TRUNCATE cut');
    }
  });

  it('by the server rejects a call that has a client of a pool or of its own, and the pool goes on', async () => {
    const own = new pg.Pool({ connectionString: database.url, max: 1 });
    own.on('error', () => {});
    const client = new pg.Client(database.url);
    await client.connect();
    client.on('error', () => {});
    try {
      for (const connection of [own, database.url, client]) {
        let count = 0;
        const reading = (async () => {
          const lost = query(connection, 'SELECT * FROM generate_series(1, 10000) AS lost_rows', {
            rows: 10,
          });
          for await (const _ of lost) if (++count === 25) await endConnections('%lost_rows%');
        })();
        await assert.rejects(reading);
      }
      assert.equal(await readAll(own), 500);
    } finally {
      await own.end();
      await client.end().catch(() => {});
    }
  });
});

describe('a server that lets a run wait', () => {
  async function lock(table: string): Promise<() => Promise<void>> {
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    return () => client.end();
  }

  it('is told to end when the signal fires, also with a pool of one client', async () => {
    const own = new pg.Pool({ connectionString: database.url, max: 1 });
    for (const connection of [database.url, own]) {
      for (const journal of [undefined, join(folder, `${names++}.journal`)]) {
        for (const makeSink of [copyInto, insertInto]) {
          const table = await makeTable();
          const unlock = await lock(table);
          const path = journal === undefined ? undefined : `${journal}-${names++}`;
          const signal = AbortSignal.timeout(300);
          const run = pipeline(rows(5000)).to(makeSink(connection, table), { pool, signal, journal: path });
          await assert.rejects(run, { name: 'TimeoutError' });
          await unlock();
        }
      }
    }
    const started = query(own, 'SELECT pg_sleep(60)', { signal: AbortSignal.timeout(300) });
    await assert.rejects(
      async () => {
        for await (const _ of started) assert.fail('It gave a row.');
      },
      { name: 'TimeoutError' },
    );
    // The one client of the pool is free again.
    assert.equal(await readAll(own), 500);
    await own.end();
  });

  it('hears of a copy or a query that a run has left', async () => {
    const table = await makeTable();
    const unlock = await lock(table);
    for (const source of [copyOut(database.url, table), query(database.url, `SELECT * FROM ${table}`)]) {
      const run = pipeline(source as AsyncIterable<object>).count({ pool, signal: AbortSignal.timeout(300) });
      await assert.rejects(run, { name: 'TimeoutError' });
      // Nobody waits for the lock any more, though it is held.
      while ((await database.query('SELECT 1 FROM pg_locks WHERE NOT granted')).length > 0) await sleep(10);
    }
    await unlock();
  });

  it('does not keep a run whose source has failed', async () => {
    const table = await makeTable();
    const unlock = await lock(table);
    async function* failing(): AsyncGenerator<object> {
      yield* rows(500);
      await sleep(100);
      throw new RangeError('broken');
    }
    await assert.rejects(pipeline(failing()).to(copyInto(database.url, table), { pool }), /broken/);
    await unlock();
    assert.deepEqual(await database.query(`SELECT * FROM ${table}`), []);
  });
});
