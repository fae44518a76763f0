import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import Papa from 'papaparse';
import { csv } from 'telar/files';
import { pipeline } from 'telar';
import { census } from '../census.ts';
import { collect } from '../harness/collect.ts';
import { makeFolder, removeFolder } from '../harness/folder.ts';
import { usePool } from '../harness/pool.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';
import { inPieces } from './fuzz/texts.ts';
import { settleOn } from './settle-source.ts';

census();
const pool = usePool();
let folder = '';

before(async () => {
  folder = await makeFolder('bytes');
});

after(() => removeFolder(folder));

const settle = settleOn(pool);
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('csv', () => {
  const field = fc.oneof(
    fc.string(),
    fc.constantFrom('a,b', 'say "hi"', 'two\nlines', 'crlf\r\nhere', '', ' ', '"', 'ü🧵'),
  );

  it('agrees with csv-parse and papaparse on any table, however the bytes come', async () => {
    await assertProperty(
      fc.asyncProperty(
        fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('\n', '\r\n'),
        async (rows, sizes, lineEnd) => {
          const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
          const text = rows.map((row) => row.map(quote).join(',')).join(lineEnd) + lineEnd;
          const read = await collect(
            csv(inPieces(bytes(text), sizes), { header: false, compression: 'none' }),
          );
          assert.deepEqual(read, parse(text, { relax_column_count: true }));
          assert.deepEqual(
            read,
            Papa.parse(text, { skipEmptyLines: true, delimiter: ',', newline: lineEnd }).data,
          );
        },
      ),
      { seed: 2, numRuns: sample(60, 600) },
    );
  });

  it('makes objects by the header of each file, on the workers and here', async () => {
    const [a, b] = [join(folder, 'a.csv'), join(folder, 'b.csv')];
    await writeFile(a, '\ufeffid,name\r\n1,"x, y"\r\n');
    await writeFile(b, 'name,id\n"two\nlines",2\n');
    const expected = [
      { id: '1', name: 'x, y' },
      { name: 'two\nlines', id: '2' },
    ];
    assert.deepEqual(await collect(csv([a, b])), expected);
    assert.deepEqual(await pipeline(csv([a, b])).toArray({ pool }), expected);
  });

  it('takes the names, the delimiter and the quote that it is given', async () => {
    assert.deepEqual(
      await collect(csv(bytes("1;'a;b'\n"), { columns: ['n', 't'], delimiter: ';', quote: "'" })),
      [{ n: '1', t: 'a;b' }],
    );
    assert.deepEqual(await collect(csv(bytes('x,y\n1,2\n'), { columns: ['a', 'b'], header: true })), [
      { a: '1', b: '2' },
    ]);
  });

  it('makes the fields that are asked for, in the order of the question', async () => {
    const row = fc.array(fc.constantFrom('a', '', '"b,"', '"c""\nd"', 'e"'), { minLength: 3, maxLength: 4 });
    const names = fc.shuffledSubarray(['id', '__proto__', ''], { minLength: 1 });
    const property = fc.asyncProperty(
      fc.array(row, { maxLength: 9 }),
      names,
      fc.boolean(),
      async (rows, select, isGiven) => {
        const text = ['id,__proto__,', ...rows.map((cells) => cells.join(','))].join('\n');
        const options = isGiven ? { columns: ['id', '__proto__', ''], header: true } : {};
        const all = await settle(csv(bytes(text), options));
        const some = await settle(csv(bytes(text), { ...options, select }));
        const expected = all.records.map((each) =>
          select.map((name) => [name, (each as Record<string, string>)[name]]),
        );
        assert.deepEqual(
          some.records.map((each) => Object.entries(each)),
          expected,
        );
        assert.deepEqual(some.errors, all.errors);
        const read = all.errors.length > 0 ? [] : await collect(csv(bytes(text), { ...options, select }));
        assert.deepEqual(read, all.errors.length > 0 ? [] : some.records);
      },
    );
    await assertProperty(property, { seed: 3, numRuns: sample(25, 500) });
  });

  it('refuses to select what is not there, and says what is', async () => {
    const file = join(folder, 'selected.csv');
    await writeFile(file, 'id,city\n1,Vigo\n');
    const expected =
      /`select` to name fields in the header of .*selected\.csv, found "town", which is none of "id", "city"\./;
    await assert.rejects(pipeline(csv(file, { select: ['town'] })).toArray({ pool }), expected);
    await assert.rejects(collect(csv(file, { select: ['id', 'town'] })), expected);
    assert.throws(
      () => csv(file, { columns: ['a'], select: ['b' as 'a'] }),
      /some of `columns`, found "b", which is none of "a"/,
    );
    assert.throws(() => csv(file, { header: false, select: ['a'] }), /give `columns` as well/);
    assert.throws(() => csv(file, { select: [] }), /`select` to be an array of names/);
    assert.throws(
      () => csv(file, { select: ['a', 'a'] }),
      /`select` to have different names, found "a" twice/,
    );
  });

  it('keeps a column __proto__ a property', async () => {
    const [row] = await collect(csv(bytes('__proto__,b\n1,2\n')));
    assert.deepEqual(Object.entries(row ?? {}), [
      ['__proto__', '1'],
      ['b', '2'],
    ]);
  });

  it('has an outcome with line and column for each malformed row', async () => {
    const text = 'a,b\n1,2\n3\n4,5,6\n"7"x,8\n9,"two\nlines"\n10,1"1\n';
    const { records, errors } = await settle(csv(bytes(text)));
    assert.deepEqual(records, [
      { a: '1', b: '2' },
      { a: '9', b: 'two\nlines' },
      { a: '10', b: '1"1' },
    ]);
    assert.deepEqual(errors, [
      '(input):3:1: expected 2 fields, found 1',
      '(input):4:1: expected 2 fields, found 3',
      '(input):5:4: expected "," or the end of the line behind a closing quote, found "x"',
    ]);
  });

  it('gives up the line of a quote that never closes, and reads on behind it', async () => {
    const text = 'a,b\n1,2\n3,"open\n4,5\n6,7\n';
    const { records, errors } = await settle(csv(bytes(text)));
    assert.deepEqual(records, [
      { a: '1', b: '2' },
      { a: '4', b: '5' },
      { a: '6', b: '7' },
    ]);
    assert.deepEqual(errors, ['(input):3:1: a quote is opened and never closed']);
  });

  it('ends a malformed row where the row ends, though it takes several lines', async () => {
    const broken = Buffer.from('"x\xff\n",2\n\xff,"y\nz"\n', 'latin1');
    const text = Buffer.concat([bytes('a,b\n"7"x,"p\n""q""\nr"\n'), broken, bytes('9,10\n')]);
    const { records, errors } = await settle(csv(text));
    assert.deepEqual(records, [{ a: '9', b: '10' }]);
    assert.deepEqual(errors, [
      '(input):2:4: expected "," or the end of the line behind a closing quote, found "x"',
      '(input):5:3: invalid UTF-8',
      '(input):7:1: invalid UTF-8',
    ]);
  });

  it('reads a field of many lines with quotes in each', async () => {
    const field = 'a "b" c\n'.repeat(50_000);
    const [row] = await collect(csv(bytes(`a\n"${field.replaceAll('"', '""')}"\n`)));
    assert.ok(row?.['a'] === field);
  });

  it('reads a header with a field without a name, and says what to do about a name that comes twice', async () => {
    const twice = bytes('a,a\n1,2\n');
    await assert.rejects(collect(csv(twice)), /found "a" twice: .*`columns: \[...\]` and `header: true`/);
    assert.deepEqual(await collect(csv(twice, { columns: ['x', 'y'], header: true })), [{ x: '1', y: '2' }]);
    await assert.rejects(collect(csv(bytes('a,,\n1,2,3\n'))), /found "" twice/);
    assert.deepEqual(await collect(csv(bytes(',a\n0,1\n'))), [{ '': '0', a: '1' }]);
    assert.deepEqual(await collect(csv(bytes(''))), []);
  });
});
