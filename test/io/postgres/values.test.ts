import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { pipeline } from 'telar';
import { copyInto, copyOut, query } from 'telar/postgres';
import { census } from '../../census.ts';
import { sample } from '../../harness/long.ts';
import { usePool } from '../../harness/pool.ts';
import { runProgram } from '../../harness/program.ts';
import { usePostgres } from '../../servers/postgres.ts';

census();
const pool = usePool();
const database = usePostgres();
const count = sample(10, 200);
const zones = sample(
  ['America/New_York', 'Europe/Berlin'],
  ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Asia/Tokyo', 'UTC'],
);

const word = `substr(md5(random()::text), 1, (random() * 12)::int)`;
const awkward = `(ARRAY['', ' ', 'NULL', 'null', '"', '\\', ',', '{}', E'\\t\\n\\r', 'ünï 🧵', '\\N', '[1]', ${word}])[1 + (random() * 12)::int]`;
/** At no hour that a change of the clocks leaves out: such a time is none in that zone. */
const day = `(timestamp '0400-01-01' + floor(random() * 900000) * interval '1 day')`;
const moment = `(${day} + interval '4 hours' + floor(random() * 57600000) * interval '1 ms')`;
const json = `(ARRAY['"12"', '"true"', '"null"', '12', '1.5', 'true', '"x"', '"{\\"a\\":1}"', '[]', '{}', '[1,"2",null]',
  '{"a":{"b":[null,"\\\\"]}}', '"\\u00fc\\ud83e\\uddf5"', '-0.5', '"[1]"'])[1 + floor(random() * 15)::int]`;

/** For each type what makes a value of it. */
const types: Record<string, string> = {
  bool: 'random() < 0.5',
  int2: '(random() * 65535 - 32768)::int2',
  int4: '(random() * 4e9 - 2e9)::int4',
  int8: '((random() - 0.5) * 1.8e19)::int8',
  oid: '(random() * 4e9)::int8::oid',
  float4: `(ARRAY['NaN', 'Infinity', '-Infinity', '0', (random() * 1e9)::text, random()::text])[1 + floor(random() * 6)::int]::float4`,
  float8: `(ARRAY['NaN', 'Infinity', '-Infinity', '-0', (random() * 1e300)::text, random()::text])[1 + floor(random() * 6)::int]::float8`,
  numeric: `(ARRAY['NaN', 'Infinity', '-0.00', (random() * 1e18)::numeric::text || md5(random()::text)])[1 + floor(random() * 3)::int]::numeric + (random()::numeric * 1e40)`,
  text: awkward,
  varchar: `${awkward}::varchar`,
  bpchar: `${word}::char(14)`,
  name: `${word}::name`,
  bytea: `decode(md5(random()::text), 'hex')`,
  date: `(ARRAY['infinity', '-infinity', '0044-03-15 BC', '12345-06-07', (${day})::date::text])[1 + floor(random() * 12)::int % 5]::date`,
  time: `time '00:00' + random() * interval '1 day'`,
  timetz: `('12:34:56.789+' || floor(random() * 10)::text)::timetz`,
  timestamp: `(ARRAY['infinity', '0044-03-15 12:00:00 BC', '12345-06-07 08:09:10.011', (${moment})::text])[1 + floor(random() * 4)::int]::timestamp`,
  timestamptz: `(ARRAY['infinity', '-infinity', '0044-03-15 12:00:00+00 BC', '12345-06-07 08:09:10.011+00', (${moment})::text || '+00'])[1 + floor(random() * 5)::int]::timestamptz`,
  interval: `make_interval((random() * 9 - 4)::int, (random() * 30 - 15)::int, 0, (random() * 99 - 49)::int, (random() * 40 - 20)::int, (random() * 59)::int, round((random() * 59)::numeric, 3)::float8)`,
  uuid: 'gen_random_uuid()',
  json: `${json}::json`,
  jsonb: `${json}::jsonb`,
  inet: `('10.0.' || floor(random() * 255)::text || '.1')::inet`,
  cidr: `('10.' || floor(random() * 255)::text || '.0.0/16')::cidr`,
  macaddr: `substr(md5(random()::text), 1, 12)::macaddr`,
  macaddr8: `substr(md5(random()::text), 1, 16)::macaddr8`,
  varbit: `(random() * 1000)::int::bit(10)::varbit`,
  point: `point(random() * 100 - 50, random())`,
  circle: `circle(point(random(), -random()), random())`,
  box: `box(point(random(), random()), point(random(), random()))`,
  lseg: `lseg(point(random(), random()), point(random(), random()))`,
  path: `path(polygon(3, circle(point(random(), random()), 1)))`,
  polygon: `polygon(3, circle(point(random(), random()), 1))`,
  line: `line(point(random(), 1), point(random(), 2))`,
  money: `(random() * 1e6)::numeric::money`,
  int4range: `int4range((random() * 10)::int, 11 + (random() * 10)::int)`,
  numrange: `numrange(random()::numeric, NULL, '()')`,
  tsrange: `tsrange(${day}, NULL)`,
  int4multirange: `int4multirange(int4range(1, 3), int4range(5, 6 + (random() * 9)::int))`,
  tsvector: `to_tsvector('simple', ${word} || ' b')`,
  tsquery: `to_tsquery('simple', 'a & b' || (random() * 9)::int::text)`,
  xml: `('<a>' || ${word} || '</a>')::xml`,
  pg_lsn: `'16/B374D848'::pg_lsn`,
  pair: `ROW((random() * 9)::int, ${awkward})::pair`,
  mood: `(ARRAY['sad', 'so-so', 'very happy'])[1 + floor(random() * 3)::int]::mood`,
  positive: `(1 + random() * 9)::int::positive`,
};

/** A column for each type and its array, in one table, whose copies then take two queries and not two for each type. */
async function makeTables(): Promise<string[]> {
  await database.query(`CREATE TYPE pair AS (n int, t text); CREATE TYPE mood AS ENUM ('sad', 'so-so', 'very happy');
    CREATE DOMAIN positive AS int CHECK (VALUE > 0); SELECT setseed(0.42)`);
  const columns: string[] = [];
  const made: string[] = [];
  for (const [type, value] of Object.entries(types)) {
    const element = `CASE WHEN random() < 0.1 THEN NULL ELSE ${value} END`;
    columns.push(`"${type}" ${type}`, `"${type}[]" ${type}[]`);
    made.push(element, `(ARRAY[${value}, ${element}, ${value}]::${type}[])[1:(random() * 3)::int]`);
  }
  for (const table of ['read', 'copied', 'inserted']) {
    await database.query(`CREATE TABLE ${table} (id int PRIMARY KEY, ${columns.join(', ')})`);
  }
  await database.query(
    `INSERT INTO read SELECT g, ${made.join(', ')} FROM generate_series(1, ${count}) AS g`,
  );
  return Object.keys(types).flatMap((type) => [type, `${type}[]`]);
}

describe('every type and its array', () => {
  it('is written as it was read, in every time zone', async () => {
    const names = await makeTables();
    const program = fileURLToPath(new URL('../../fixtures/postgres/copies-tables.js', import.meta.url));
    // JSON has spaces that jsonb has not, and some types cannot be compared but as text.
    const text = (table: string, name: string): string =>
      name.startsWith('json')
        ? `array_to_json(ARRAY[${table}."${name}"])::jsonb::text`
        : `${table}."${name}"::text`;
    const values = names.map(
      (name) => `('${name}', ${['read', 'copied', 'inserted'].map((table) => text(table, name)).join(', ')})`,
    );
    for (const zone of zones) {
      await runProgram(process.execPath, [program, database.url], undefined, { TZ: zone });
      const differing = await database.query(
        `SELECT v.* FROM read LEFT JOIN copied USING (id) LEFT JOIN inserted USING (id)
         CROSS JOIN LATERAL (VALUES ${values.join(', ')}) AS v (name, read, copied, inserted)
         WHERE v.read IS DISTINCT FROM v.copied OR v.read IS DISTINCT FROM v.inserted`,
      );
      assert.deepEqual(differing, [], zone);
      const [rows] = await database.query('SELECT count(*)::int AS n FROM copied JOIN inserted USING (id)');
      assert.equal(rows?.['n'], count, zone);
      await database.query('TRUNCATE copied, inserted');
    }
  });
});

describe('a value', () => {
  it('that is the JSON of one stays that, where no query has read it', async () => {
    await database.query('CREATE TABLE documents (id int, doc jsonb, list text[])');
    const rows = [
      { id: 1, doc: '{"a":1}', list: '{x,y}' },
      { id: 2, doc: { a: 'x' }, list: ['x', null, ['nested'].join()] },
      { id: 3, doc: [1, 'x'], list: [] },
    ];
    await pipeline(rows).to(copyInto(database.url, 'documents'), { pool });
    const stored = await database.query('SELECT doc::text, list::text FROM documents ORDER BY id');
    assert.deepEqual(stored, [
      { doc: '{"a": 1}', list: '{x,y}' },
      { doc: '{"a": "x"}', list: '{x,NULL,nested}' },
      { doc: '[1, "x"]', list: '{}' },
    ]);
    // What a copy has read goes into a copy as it is.
    await database.query('CREATE TABLE documents_again (LIKE documents)');
    await pipeline(copyOut(database.url, 'documents')).to(copyInto(database.url, 'documents_again'), {
      pool,
    });
    const same = await database.query(
      'SELECT count(*)::int AS n FROM documents NATURAL JOIN documents_again',
    );
    assert.deepEqual(same, [{ n: 3 }]);
  });

  it('that a column cannot hold is refused, naming the column', async () => {
    await database.query('CREATE TABLE lists (tags text[], doc json)');
    const write = (row: object): Promise<unknown> =>
      pipeline([row]).to(copyInto(database.url, 'lists'), { pool });
    await assert.rejects(write({ tags: 5 }), /Expected an array for `tags`, which is a column of text\[\]/);
    await assert.rejects(write({ doc: Number.NaN }), /value of `doc` has no JSON form: it is NaN/);
  });

  it('keeps all digits of an array of numbers', async () => {
    const rows: unknown[] = [];
    for await (const row of query(database.url, `SELECT '{1.10,123456789012345678901}'::numeric[] AS n`))
      rows.push(row);
    assert.deepEqual(rows, [{ n: ['1.10', '123456789012345678901'] }]);
  });
});
