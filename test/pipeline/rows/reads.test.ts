import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { csv, type CsvOptions } from 'telar/files';
import { pipeline, type Pipeline, skip } from 'telar';
import { census } from '../../census.ts';
import { sample } from '../../harness/long.ts';
import { usePool } from '../../harness/pool.ts';
import { assertProperty } from '../../harness/random.ts';
import { sumQuantity } from '../../fixtures/tasks/reads-rows.ts';

census();
const pool = usePool();

interface Row {
  readonly a: string;
  readonly b: string;
  readonly missing?: string;
}
type Rows = Pipeline<Row>;
type Program = (rows: Rows) => Promise<unknown>;

/**
 * Programs whose functions only read members of the rows, beside the same with `void row` in them: that is a use of the
 * row itself, which gives such a function rows with all fields.
 */
const programs: Readonly<Record<string, readonly [some: Program, all: Program]>> = {
  cpu: [
    (rows) => rows.cpu((row, index) => [row.b, row.missing, index]).toArray({ pool }),
    (rows) => rows.cpu((row, index) => (void row, [row.b, row.missing, index])).toArray({ pool }),
  ],
  'cpu that destructures': [
    (rows) => rows.cpu(({ b, missing = 'none' }) => b + missing).toArray({ pool }),
    (rows) => rows.cpu((row) => (void row, row.b + (row.missing ?? 'none'))).toArray({ pool }),
  ],
  'filter, then whole rows': [
    (rows) => rows.filter((row) => row.a > 'b').toArray({ pool }),
    (rows) => rows.filter((row) => (void row, row.a > 'b')).toArray({ pool }),
  ],
  'filters that wait, then a function that takes all': [
    (rows) =>
      rows
        .filter((row) => row.a > 'a')
        .filter(async (row) => Promise.resolve(row.b < 'y'))
        .cpu((row) => Object.entries(row))
        .toArray({ pool }),
    (rows) =>
      rows
        .filter((row) => (void row, row.a > 'a'))
        .filter(async (row) => Promise.resolve((void row, row.b < 'y')))
        .cpu((row) => Object.entries(row))
        .toArray({ pool }),
  ],
  'a filter that changes rows, behind one that does not': [
    (rows) =>
      rows
        .filter((row) => row.a !== 'q')
        .filter((row) => Object.assign(row, { a: `${row.a}!` }) !== undefined)
        .toArray({ pool }),
    (rows) =>
      rows
        .filter((row) => (void row, row.a !== 'q'))
        .filter((row) => Object.assign(row, { a: `${row.a}!` }) !== undefined)
        .toArray({ pool }),
  ],
  'flatMap and skip': [
    (rows) =>
      rows
        .flatMap((row) => [row.a, row.a])
        .cpu((a) => (a === '' ? skip : a))
        .toArray({ pool }),
    (rows) =>
      rows
        .flatMap((row) => (void row, [row.a, row.a]))
        .cpu((a) => (a === '' ? skip : a))
        .toArray({ pool }),
  ],
  groupBy: [
    (rows) =>
      rows
        .groupBy((row) => row.a, {
          init: () => '',
          step: (all, row) => all + row.b,
          merge: (left, right) => left + right,
        })
        .toArray({ pool }),
    (rows) =>
      rows
        .groupBy((row) => (void row, row.a), {
          init: () => '',
          step: (all, row) => all + row.b,
          merge: (left, right) => left + right,
        })
        .toArray({ pool }),
  ],
  topK: [
    (rows) => rows.filter((row) => row.b !== 'x').topK(3, (row) => row.a.length, { pool }),
    (rows) => rows.filter((row) => row.b !== 'x').topK(3, (row) => (void row, row.a.length), { pool }),
  ],
  distinct: [
    (rows) => rows.distinct((row) => row.a).toArray({ pool }),
    (rows) => rows.distinct((row) => (void row, row.a)).toArray({ pool }),
  ],
  'reduce and count': [
    async (rows) => [
      await rows.reduce(
        { init: () => 0, step: (n, row) => n + row.a.length, merge: (m, n) => m + n },
        { pool },
      ),
      await rows.count({ pool }),
      await rows.filter((row) => row.a !== '').count({ pool }),
    ],
    async (rows) => [
      await rows.reduce(
        { init: () => 0, step: (n, row) => (void row, n + row.a.length), merge: (m, n) => m + n },
        { pool },
      ),
      (await rows.toArray({ pool })).length,
      (await rows.toArray({ pool })).filter((row) => row.a !== '').length,
    ],
  ],
  'failures and tries': [
    (rows) =>
      settle(
        rows
          .filter((row) => failFor(row.b), { retries: 1, name: 'filter' })
          .cpu((row) => failFor(row.a), { name: 'cpu' }),
      ),
    (rows) =>
      settle(
        rows
          .filter((row) => (void row, failFor(row.b)), { retries: 1, name: 'filter' })
          .cpu((row) => (void row, failFor(row.a)), { name: 'cpu' }),
      ),
  ],
};

function failFor(text: string): string {
  if (text.includes('b')) throw new RangeError(`No ${text}.`);
  return `${text}.`;
}

async function settle(results: Pipeline<unknown>): Promise<unknown> {
  const letters: unknown[] = [];
  const given: unknown[] = [];
  const summary = await results
    .onError(({ error, item, stage }) => {
      letters.push([
        error.name,
        error.message,
        String(item),
        stage,
        (error.cause as Error | undefined)?.message,
      ]);
    })
    .forEach((value) => given.push(value), { pool });
  const stages = summary.stages.map(({ name, items: entered, failed, retried }) => [
    name,
    entered,
    failed,
    retried,
  ]);
  return [letters, given, stages];
}

/** Outcome of a program: the rows that it gives, or how it fails. */
async function outcomeOf(program: Program, source: () => Rows): Promise<unknown> {
  try {
    return await program(source());
  } catch (error) {
    const { name, message, index, item, cause } = error as Error & { index?: number; item?: unknown };
    return {
      name,
      message: message.split('\n')[0],
      index,
      item,
      cause: (cause as Error | undefined)?.message,
    };
  }
}

const cell = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('', 'a', 'b', 'abc', 'x', '€', ' q') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('"a,b"', '"say ""hi"""', '"two\nlines"', '"', 'a"b', '""', '"b"x'),
  },
);
const record = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(cell, cell, cell).map((cells) => cells.join(',')) },
  { weight: 1, arbitrary: fc.constantFrom('', 'a', 'a,b', 'a,b,c,d', ',,') },
);
const options = fc.constantFrom<CsvOptions>(
  {},
  {},
  { quote: false },
  { quote: "'" },
  { columns: ['b', 'a', '__proto__'] },
  { columns: ['constructor', 'b', 'a'], header: true },
  { columns: ['missing', 'a', 'b'], header: true },
  { maxRecordBytes: 9 },
);
const writing = fc.constantFrom<readonly [before: string, encoding: BufferEncoding]>(
  ['', 'utf8'],
  ['\ufeff', 'utf8'],
  ['\ufeff', 'utf16le'],
);

describe('rows of which functions read some fields', () => {
  for (const [name, [some, all]] of Object.entries(programs)) {
    it(`are to ${name} as rows with all fields`, async () => {
      const property = fc.asyncProperty(
        fc.array(record, { maxLength: 40 }),
        fc.constantFrom('a,b,c', 'c,a,b', '"b",a,__proto__', 'a,b,"x\ny"'),
        fc.constantFrom('\n', '\r\n'),
        options,
        writing,
        async (records, header, end, given, [before, encoding]) => {
          const text = [header, ...records, ''].join(end);
          const bytes = Buffer.from(before + text, encoding);
          const malformed: string[] = [];
          const open = (): Rows =>
            pipeline(csv(bytes, given) as never as AsyncIterable<Row>).onError(({ error }) => {
              malformed.push(error.message);
            });
          const found = [await outcomeOf(some, open), malformed.splice(0)];
          assert.deepEqual(found, [await outcomeOf(all, open), malformed.splice(0)]);
        },
      );
      await assertProperty(property, { numRuns: sample(4, 400), seed: 108 });
    });
  }

  it('have all their fields where a module exports another function on the worker', async () => {
    const source = pipeline(
      csv(Buffer.from('a,quantity,price\n1,2,3\n4,5,6\n')) as never as AsyncIterable<never>,
    );
    assert.deepEqual(await source.cpu(sumQuantity).toArray({ pool }), ['1,2,3', '4,5,6']);
  });
});
