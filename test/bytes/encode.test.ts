import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { createEncoder, type Encoder } from '../../src/bytes/encode/encoder.ts';
import type { EncodedFormat } from '../../src/bytes/format.ts';
import { census } from '../census.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();

const csv = { kind: 'csv', delimiter: ',', quote: '"', columns: undefined } as const;
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ' ', '"', ',', '\r', '\n', '\t', '\\', '\\N', '\\.'),
);

function take(encoder: Encoder): string {
  return Buffer.from(encoder.take()).toString();
}

function encode(format: EncodedFormat, records: readonly unknown[]): string {
  const encoder = createEncoder(format);
  for (const record of records) encoder.write(record);
  return take(encoder);
}

/** Columns of text that may be missing. */
function copyOf(names: readonly string[]): EncodedFormat {
  const columns = names.map((name) => ({ name, type: 'text', delimiter: undefined, fallback: undefined }));
  return { kind: 'copy', columns, missing: 'null', hasJsonValues: false };
}

/** Reads a field as PostgreSQL's COPY does. */
function readCopyField(field: string): string | null {
  if (field === '\\N') return null;
  return field.replace(/\\(.)/g, (_, c: string) => ({ n: '\n', r: '\r', t: '\t' })[c] ?? c);
}

describe('an encoder', () => {
  it('writes any JSON so that each line is read back by JSON.parse', () => {
    assertProperty(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        const lines = encode({ kind: 'ndjson' }, values).split('\n');
        assert.equal(lines.pop(), '');
        assert.deepEqual(
          lines.map((line) => JSON.stringify(JSON.parse(line))),
          values.map((value) => JSON.stringify(value)),
        );
      }),
      { seed: 1, numRuns: sample(100, 1000) },
    );
  });

  it('writes any rows of CSV so that csv-parse reads them back', () => {
    const tables = fc
      .uniqueArray(text, { minLength: 1, maxLength: 4 })
      .chain((names) => fc.array(fc.array(text, { minLength: names.length, maxLength: names.length })));
    assertProperty(
      fc.property(tables, (rows) => {
        assert.deepEqual(parse(encode(csv, rows), { relax_column_count: true }), rows);
      }),
      { seed: 2, numRuns: sample(100, 1000) },
    );
  });

  it('writes any row for COPY so that its rules give it back', () => {
    const field = fc.option(
      text.filter((value) => !value.includes('\0')),
      { nil: null },
    );
    assertProperty(
      fc.property(fc.array(fc.tuple(field, field)), (rows) => {
        const lines = encode(copyOf(['a', 'b']), rows).split('\n');
        assert.equal(lines.pop(), '');
        assert.deepEqual(
          lines.map((line) => line.split('\t').map(readCopyField)),
          rows,
        );
      }),
      { seed: 3, numRuns: sample(100, 1000) },
    );
  });

  it('gives the bytes of Buffer.from, wherever its memory grows and whatever is taken back', () => {
    const length = fc.oneof(fc.nat(200), fc.nat(20_000));
    const line = fc.tuple(fc.string({ unit: 'grapheme' }), length, fc.boolean());
    const lent = fc.option(fc.nat(500_000), { nil: undefined });
    assertProperty(
      fc.property(fc.array(line, { maxLength: 20 }), lent, (entries, size) => {
        const encoder = createEncoder({ kind: 'lines' });
        const memory = size === undefined ? undefined : new SharedArrayBuffer(size);
        encoder.reset(memory);
        let expected = '';
        for (const [start, filler, isKept] of entries) {
          const record = `${start.replaceAll(/[\r\n]/g, '')}${'ü'.repeat(filler)}\ud83e\uddf5`;
          encoder.savepoint();
          encoder.write(record);
          if (isKept) expected += `${record}\n`;
          else encoder.rollBack();
        }
        const taken = encoder.take();
        // Nothing is written any more to memory that was lent, and is needed for something else.
        encoder.write(5n);
        assert.equal(take(encoder), '5\n');
        assert.deepEqual(Buffer.from(taken), Buffer.from(expected));
        // A character is taken to have three bytes at most, and each line may be the last for which there is room.
        if (memory !== undefined && memory.byteLength > 4 * 60_000 * entries.length)
          assert.equal(taken.buffer, memory);
      }),
      { seed: 4, numRuns: sample(50, 500) },
    );
  });

  it('writes the values that a format has a form for', () => {
    const date = new Date(0);
    const row = { a: undefined, b: null, c: 1n, d: true, e: date, f: Number.NaN };
    assert.equal(encode(csv, [row]), ',,1,true,1970-01-01T00:00:00.000Z,NaN\n');
    const bytes = new Uint8Array([0, 255]);
    const columns = ['a', 'b', 'c', 'd', 'e', 'f'];
    const values = { b: bytes, c: bytes.buffer, d: false, e: date, f: { 'tab\t': ['\\'] } };
    assert.equal(
      encode(copyOf(columns), [values]),
      '\\N\t\\\\x00ff\t\\\\x00ff\tf\t1970-01-01T00:00:00.000Z\t{"tab\\\\t":["\\\\\\\\"]}\n',
    );
  });

  it('fills what a row lacks where the columns are given, and takes arrays of as many', () => {
    const given = { ...csv, columns: ['a', 'b'] };
    assert.equal(encode(given, [{ b: 1 }, {}, ['x', 'y'], { b: 2, a: 3 }]), ',1\n,\nx,y\n3,2\n');
    assert.throws(() => encode(given, [{ c: 1 }]), /also has `c`.*Add it to `columns`/);
    assert.throws(() => encode(given, [['x']]), /Expected 2 fields/);
  });

  it('takes the columns of the first row that it could write', () => {
    const encoder = createEncoder(csv);
    assert.throws(() => encoder.write({ wrong: {} }), /The field `wrong`/);
    assert.equal(encoder.columns, undefined);
    encoder.write({ a: 1, b: 2 });
    assert.deepEqual(encoder.columns, ['a', 'b']);
    assert.throws(() => encoder.write({ b: 2, a: 1 }), /another order.*Give `columns` to toCsv/);
    assert.throws(() => encoder.write(['x', 'y']), /objects and arrays/);
    assert.equal(take(encoder), '1,2\n');
  });

  const refused: [format: EncodedFormat, record: unknown, problem: RegExp][] = [
    [csv, {}, /to have fields, got an object without any/],
    [csv, new Map(), /got a Map without any/],
    [csv, [], /Expected some fields/],
    [csv, { when: new Date(Number.NaN) }, /The date of `when` is invalid/],
    [{ kind: 'lines' }, true, /got a boolean/],
    [{ kind: 'lines' }, 'a\rb', /without line breaks/],
    [{ kind: 'ndjson' }, () => 1, /it is a function/],
    [{ kind: 'ndjson' }, { toJSON: () => Symbol.iterator }, /no JSON form/],
    [copyOf(['a']), { a: 'nul \0' }, /text of `a` holds a NUL/],
    [copyOf(['a']), { a: { toJSON: () => undefined } }, /value of `a` has no JSON form/],
    [copyOf(['a']), { a: { n: 1n } }, /value of `a` has no JSON form: .*BigInt/],
    [copyOf(['a']), { b: 1 }, /field `b`, which is no column: a/],
  ];
  for (const [format, record, problem] of refused) {
    it(`writes nothing of what ${format.kind} has no form for (${problem.source})`, () => {
      const encoder = createEncoder(format);
      assert.throws(
        () => encoder.write(record),
        (thrown: unknown) => thrown instanceof TypeError && problem.test(thrown.message),
      );
      assert.equal(take(encoder), '');
    });
  }

  it('says so when the toJSON of a record throws what is no error', () => {
    const record = {
      toJSON(): never {
        // oxlint-disable-next-line typescript/only-throw-error -- this is the point.
        throw null;
      },
    };
    assert.throws(() => encode({ kind: 'ndjson' }, [record]), /threw no error/);
  });
});
