import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isQuery, trimQuery } from '../../../src/io/postgres/table/query-text.ts';
import { pipeline } from 'telar';
import { copyInto, copyOut, insertInto, query, type RejectedRow, sql } from 'telar/postgres';
import { census } from '../../census.ts';
import { usePool } from '../../harness/pool.ts';
import { usePostgres } from '../../servers/postgres.ts';

census();
const pool = usePool();
const database = usePostgres();
const read = (source: string): Promise<unknown[]> =>
  pipeline(copyOut(database.url, source)).toArray({ pool });

describe('a call', () => {
  it('goes by what it was given, whatever becomes of that', async () => {
    await database.query('CREATE TABLE kept (id int PRIMARY KEY, name text UNIQUE)');
    const conflict = { on: ['id'], update: ['name'] };
    const table = ['public', 'kept'];
    const settings = { connectionString: database.url };
    const sink = insertInto(settings, table, { conflict });
    conflict.on[0] = 'name';
    conflict.update[0] = 'id';
    table[1] = 'gone';
    settings.connectionString = 'postgresql://nobody@127.0.0.1:1/none';
    for (const name of ['a', 'b']) await pipeline([{ id: 1, name }]).to(sink, { pool });
    assert.deepEqual(await database.query('SELECT * FROM kept'), [{ id: 1, name: 'b' }]);

    const ids = [1, 2];
    const more = { tags: ['x'] };
    const bytes = Buffer.from('one');
    const at = new Date(0);
    const values = [ids, more, bytes, at];
    const rows = query(
      database.url,
      'SELECT $1::int[] AS a, $2::jsonb AS b, $3::bytea AS c, $4::timestamptz AS d',
      {
        values,
      },
    );
    ids.push(3);
    more.tags.push('y');
    bytes.fill('x');
    at.setTime(1);
    for await (const row of rows) {
      assert.deepEqual(row, { a: [1, 2], b: { tags: ['x'] }, c: Buffer.from('one'), d: new Date(0) });
    }
  });
});

describe('copyOut', () => {
  it('takes queries with comments and semicolons around them', async () => {
    const queries = [
      '-- all\nSELECT 1 AS a',
      '/* a /* nested */ one */ (SELECT 1 AS a)',
      'SELECT 1 AS a -- the end',
      'SELECT 1 AS a; -- the end; really',
      'select 1 as a;;  /* ; */ ;',
      'VALUES (1) /* column1 */',
    ];
    for (const query of queries) {
      const [row] = (await read(query)) as Record<string, string>[];
      assert.deepEqual(Object.values(row ?? {}), ['1'], query);
    }
    const texts = `SELECT '-- no; /*' AS a, $$;--$$ AS b, $t$/* '$t$ AS c, E'\\'--' AS d, "--" FROM (SELECT 5 AS "--") AS t;`;
    assert.deepEqual(await read(texts), [{ a: '-- no; /*', b: ';--', c: "/* '", d: "'--", '--': '5' }]);
  });

  it('takes statements that change rows and return them', async () => {
    await database.query('CREATE TABLE moved (id int); INSERT INTO moved VALUES (1), (2), (3)');
    const moved =
      'WITH gone AS (DELETE FROM moved WHERE id < 3 RETURNING id) SELECT id FROM gone ORDER BY id';
    assert.deepEqual(await read(moved), [{ id: '1' }, { id: '2' }]);
    assert.deepEqual(await read('UPDATE moved SET id = 9 RETURNING id AS now'), [{ now: '9' }]);
    assert.deepEqual(await database.query('SELECT * FROM moved'), [{ id: 9 }]);
  });

  it('refuses columns that share a name, and statements without rows', async () => {
    await assert.rejects(read('SELECT 1 AS id, 2 AS id'), /found `id` more than once/);
    await assert.rejects(read('SELECT 1, 2'), /found `\?column\?` more than once/);
    await assert.rejects(read("DELETE FROM pg_class WHERE relname = ''"), /Expected a query that gives rows/);
    await assert.rejects(read('SELECT nonsense'), { code: '42703' });
    assert.deepEqual(await read('SELECT 1 AS id'), [{ id: '1' }]);
  });

  it('knows a query from the name of a table', () => {
    for (const query of ['SELECT 1', 'with x as (select 1) table x', '(values (1))', '/**/ table x']) {
      assert.equal(isQuery(query), true, query);
    }
    for (const table of ['orders', 'select', 'table', 'with.orders', 'selected', 'values_of']) {
      assert.equal(isQuery(table), false, table);
    }
    assert.equal(trimQuery("SELECT 'a;' ; -- b"), "SELECT 'a;'");
    assert.equal(trimQuery('SELECT a$1$ FROM t; -- $1$'), 'SELECT a$1$ FROM t');
  });
});

describe('the options of a statement', () => {
  it('are those of the call, whatever becomes of them before the first row', async () => {
    const values = [7];
    const rows = query<{ a: number }>(database.url, 'SELECT $1::int AS a', { values });
    values[0] = 8;
    assert.deepEqual(await pipeline(rows).toArray({ pool }), [{ a: 7 }]);
    await database.query('CREATE TABLE named (a int, b int)');
    for (const into of [copyInto, insertInto]) {
      const columns = ['a', 'b'];
      const sink = into(database.url, 'named', { columns });
      columns[1] = 'c';
      await pipeline([{ a: 1, b: 2 }]).to(sink, { pool });
    }
    assert.deepEqual(await database.query('SELECT sum(a) AS a, sum(b) AS b FROM named'), [
      { a: '2', b: '4' },
    ]);
  });

  it('refuse values that are no list', () => {
    const refusal = { code: 'ERR_TELAR_OPTION', message: /`values` to be an array, .* got the string "7"/ };
    assert.throws(() => query(database.url, 'SELECT $1', { values: '7' as never }), refusal);
  });
});

describe('text that has no form in UTF-8', () => {
  const half = 'a\ud800b';
  const refusal = { name: 'TypeError', message: /half of a character \(a lone surrogate\) at position/ };

  it('is refused in statements, names and parameters, where it would be U+FFFD', () => {
    const { url } = database;
    for (const refused of [
      () => query(url, `SELECT '${half}'`),
      () => query(url, 'SELECT $1, $2', { values: [1, half] }),
      () => query(url, 'SELECT $1::text[]', { values: [[['x'], [half]]] }),
      () => copyOut(url, `SELECT '${half}' AS a`),
      () => copyOut(url, half),
      () => copyInto(url, half),
      () => insertInto(url, ['public', half]),
      () => sql`a = ${half}`,
      () => sql`a = '\ud800'`,
    ]) {
      assert.throws(refused, refusal);
    }
    assert.throws(() => query(url, 'SELECT 1\0, 2'), /got a NUL character within it/);
    query(url, 'SELECT $1', { values: ['🧵', { half }, null, new Date(), Buffer.of(0)] });
  });

  it('is a failure of its row, in a column of texts, of arrays and of JSON', async () => {
    await database.query('CREATE TABLE halves (id int PRIMARY KEY, a text, b text[], c json)');
    const rows = [{ id: 1 }, { id: 2, a: half }, { id: 3, b: ['x', half] }, { id: 4, c: { half } }];
    for (const into of [copyInto(database.url, 'halves'), insertInto(database.url, 'halves')]) {
      const items: unknown[] = [];
      await pipeline(rows)
        .onError(({ item }) => items.push(item))
        .to(into, { pool });
      assert.deepEqual(items, [rows[1], rows[2]]);
      // JSON has a form for it.
      assert.deepEqual(await database.query('SELECT id, c FROM halves ORDER BY 1'), [
        { id: 1, c: null },
        { id: 4, c: { half } },
      ]);
      await database.query('TRUNCATE halves');
    }
  });
});

describe('insertInto', () => {
  it('takes an identity that is always generated as it comes, and refuses columns that rows cannot have', async () => {
    await database.query(
      'CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, k text UNIQUE, n int)',
    );
    const rejected: RejectedRow[] = [];
    const insert = async (rows: object[], on: string, update?: string[]): Promise<void> => {
      const onRejected = (row: RejectedRow): unknown => rejected.push(row);
      await pipeline(rows).to(insertInto(database.url, 't', { conflict: { on: [on], update }, onRejected }), {
        pool,
      });
    };
    await insert([{ id: 7, k: 'a' }, { k: 'b' }, { k: 'c', n: 'x' }], 'k');
    await insert([{ id: 8, k: 'a', n: 2 }], 'k');
    await insert(
      [
        { id: 7, n: 3 },
        { id: 9, k: 'a' },
      ],
      'id',
    );
    assert.deepEqual(await database.query('SELECT * FROM t ORDER BY id'), [
      { id: 1, k: 'b', n: null },
      { id: 7, k: 'a', n: 3 },
    ]);
    // A rejected row has the columns that it named.
    const found = rejected.map(({ code, row }) => [code, row]);
    assert.deepEqual(found, [
      ['22P02', { k: 'c', n: 'x' }],
      ['23505', { id: '9', k: 'a' }],
    ]);
    await assert.rejects(insert([{ k: 'a' }], 'k', ['m']), /`conflict.update` .* found `m`: id, k, n/);
    await assert.rejects(insert([{ k: 'a' }], 'm'), /`conflict.on` .* found `m`: id, k, n/);
  });
});
