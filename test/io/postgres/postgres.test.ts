import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pg from 'pg';
import { pipeline } from 'telar';
import { copyInto, copyOut, insertInto, query } from 'telar/postgres';
import { census } from '../../census.ts';
import { sample } from '../../harness/long.ts';
import { usePool } from '../../harness/pool.ts';
import { usePostgres } from '../../servers/postgres.ts';

census();
const pool = usePool();
const database = usePostgres();

/** Several buffers of a connection, and of a worker. */
const MANY: number = sample(20_000, 100_000);

const texts = [
  '',
  'plain',
  'tab\there',
  'line\nbreak',
  'back\\slash',
  '\\N',
  '\\.',
  'ünïcödé 🧵',
  "quote's",
  'cr\r',
];

async function makeTable(name: string, columns: string): Promise<string> {
  await database.query(`DROP TABLE IF EXISTS ${name}; CREATE TABLE ${name} (${columns})`);
  return name;
}

async function countConnections(): Promise<unknown> {
  const rows = await database.query(
    'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname IS NOT NULL',
  );
  return rows[0]?.['n'];
}

describe('copyInto and copyOut', () => {
  it('carry every text there and back', async () => {
    await makeTable('texts', 'id int, value text');
    const rows = [...texts, null].map((value, id) => ({ id, value }));
    await pipeline(rows).to(copyInto(database.url, 'texts'), { pool });
    const back = await pipeline(copyOut(database.url, 'SELECT * FROM texts ORDER BY id')).toArray({ pool });
    assert.deepEqual(
      back,
      rows.map(({ id, value }) => ({ id: String(id), value })),
    );
    const here: unknown[] = [];
    for await (const row of copyOut(database.url, 'SELECT value FROM texts ORDER BY id'))
      here.push(row.value);
    assert.deepEqual(here, [...texts, null]);
  });

  it('write numbers, dates, flags, bytes, JSON and what is missing', async () => {
    await makeTable(
      'kinds',
      'n float8, big numeric, at timestamptz, ok bool, raw bytea, doc jsonb, gone text',
    );
    const at = new Date('2026-01-02T03:04:05.678Z');
    const row = {
      n: 1.5,
      big: 12345678901234567890n,
      at,
      ok: true,
      raw: Buffer.from([0, 255, 92]),
      doc: { a: ['x\ty'] },
    };
    await pipeline([row]).to(copyInto(database.url, 'kinds'), { pool });
    const [stored] = await database.query('SELECT * FROM kinds');
    assert.deepEqual(stored, { ...row, big: '12345678901234567890', gone: null });
  });

  it('carry many rows through the workers, in order', async () => {
    await makeTable('many', 'id int, name text');
    const rows = Array.from({ length: MANY }, (_, id) => ({ id, name: `row ${id}` }));
    const summary = await pipeline(rows)
      .cpu((row) => ({ ...row, name: row.name.toUpperCase() }))
      .to(copyInto(database.url, 'many'), { pool });
    assert.equal(summary.items, MANY);
    const [totals] = await database.query('SELECT count(*)::int AS n, sum(id)::text AS sum FROM many');
    assert.deepEqual(totals, { n: MANY, sum: String((MANY * (MANY - 1)) / 2) });
    const ids = await pipeline(copyOut(database.url, 'many'))
      .cpu(({ id }) => Number(id))
      .toArray({ pool });
    assert.deepEqual(
      ids,
      rows.map(({ id }) => id),
    );
  });

  it('leave the table as it was when a row fails, and say why', async () => {
    await makeTable('strict', 'id int PRIMARY KEY');
    const rows = Array.from({ length: 1000 }, (_, id) => ({ id: id === 700 ? 3 : id }));
    const failing = pipeline(rows).to(copyInto(database.url, 'strict'), { pool });
    await assert.rejects(failing, { code: '23505' });
    assert.deepEqual(await database.query('SELECT * FROM strict'), []);
  });

  it('leave the table as it was when a stage fails', async () => {
    await makeTable('strict', 'id int');
    const failing = pipeline([1, 2, 3])
      .cpu((id) => {
        if (id === 3) throw new RangeError('three');
        return { id };
      })
      .to(copyInto(database.url, 'strict'), { pool });
    await assert.rejects(failing, /three/);
    assert.deepEqual(await database.query('SELECT * FROM strict'), []);
  });

  it('name the tables that there are when there is no such one', async () => {
    await makeTable('known', 'id int');
    await assert.rejects(
      pipeline([{ id: 1 }]).to(copyInto(database.url, 'unknown'), { pool }),
      /no table "unknown".*known/,
    );
  });

  it('refuse a field that is no column, naming both', async () => {
    await makeTable('known', 'id int');
    await assert.rejects(
      pipeline([{ id: 1, typo: 2 }]).to(copyInto(database.url, 'known'), { pool }),
      /field `typo`, which is no column: id/,
    );
  });

  it('fail clearly when the server ends the connection, with nothing written', async () => {
    await makeTable('killed', 'id int');
    async function* rows(): AsyncGenerator<{ id: number }> {
      for (let id = 0; id < 50; id++) {
        if (id === 20) {
          await database.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND pid <> pg_backend_pid()",
          );
        }
        yield { id };
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    await assert.rejects(pipeline(rows()).to(copyInto(database.url, 'killed'), { pool }));
    assert.deepEqual(await database.query('SELECT * FROM killed'), []);
  });
});

describe('insertInto', () => {
  it('fails on rows that are there, and leaves the table as it was', async () => {
    await makeTable('kept', 'id int PRIMARY KEY, name text');
    await database.query("INSERT INTO kept VALUES (2, 'old')");
    const rows = [1, 2, 3].map((id) => ({ id, name: 'new' }));
    await assert.rejects(pipeline(rows).to(insertInto(database.url, 'kept'), { pool }), { code: '23505' });
    assert.deepEqual(await database.query('SELECT * FROM kept'), [{ id: 2, name: 'old' }]);
  });

  it('ignores or overwrites them, as it is told; the last of a run wins', async () => {
    await makeTable('kept', 'id int PRIMARY KEY, name text');
    await database.query("INSERT INTO kept VALUES (2, 'old')");
    const rows = [1, 2, 2, 3].map((id, at) => ({ id, name: `new ${at}` }));
    await pipeline(rows).to(insertInto(database.url, 'kept', { conflict: 'ignore' }), { pool });
    const ignored = await database.query('SELECT name FROM kept ORDER BY id');
    assert.deepEqual(
      ignored.map(({ name }) => name),
      ['new 0', 'old', 'new 3'],
    );
    await pipeline(rows).to(insertInto(database.url, 'public.kept', { conflict: { on: ['id'] } }), { pool });
    const updated = await database.query('SELECT name FROM kept ORDER BY id');
    assert.deepEqual(
      updated.map(({ name }) => name),
      ['new 0', 'new 2', 'new 3'],
    );
  });
});

describe('query', () => {
  it('gives typed rows through a cursor, page by page', async () => {
    const rows: unknown[] = [];
    const numbers = query<{ n: number }>(database.url, 'SELECT n FROM generate_series(1, $1::int) AS n', {
      values: [2500],
      rows: 100,
    });
    for await (const { n } of numbers) rows.push(n);
    assert.deepEqual(
      rows,
      Array.from({ length: 2500 }, (_, at) => at + 1),
    );
  });

  it('gives a client of a pool back when the loop is left, usable again', async () => {
    const clients = new pg.Pool({ connectionString: database.url, max: 1 });
    try {
      for await (const row of query(clients, 'SELECT * FROM generate_series(1, 100000)')) {
        assert.ok(row);
        break;
      }
      assert.deepEqual((await clients.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
    } finally {
      await clients.end();
    }
  });

  it('ends a query that runs on the server when it is aborted', async () => {
    const controller = new AbortController();
    const rows = query(database.url, 'SELECT pg_sleep(60)', { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await assert.rejects(async () => {
      for await (const row of rows) assert.ok(row);
    }, /enough/);
  });

  it('says what is wrong with a query, with the code of the server', async () => {
    await assert.rejects(
      async () => {
        for await (const row of query(database.url, 'SELECT * FROM nowhere')) assert.ok(row);
      },
      { code: '42P01' },
    );
  });
});

describe('every source and sink', () => {
  it('closes the connections that it opened', async () => {
    const before = await countConnections();
    await makeTable('known', 'id int');
    for await (const row of copyOut(database.url, 'SELECT * FROM generate_series(1, 1000000) AS id')) {
      assert.equal(row['id'], '1');
      break;
    }
    await pipeline([{ id: 1 }]).to(copyInto(database.url, 'known'), { pool });
    // The server notices the end of a connection a moment later.
    for (let tries = 0; tries < 100 && (await countConnections()) !== before; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(await countConnections(), before);
  });

  it('says at the call what is wrong with its arguments', () => {
    assert.throws(() => copyInto('not a url', 'table'), /Expected a URL such as/);
    assert.throws(() => copyInto(database.url, 'a.b.c'), /Expected the name of a table/);
    assert.throws(() => copyInto(database.url, 't', { column: [] } as never), /Did you mean `columns`/);
    assert.throws(() => insertInto(database.url, 't', { conflict: 'replace' as never }), /'error', 'ignore'/);
    assert.throws(() => query(database.url, ''), /Expected a query/);
  });
});
