import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import * as fc from 'fast-check';
import { findRowForm } from '../../../src/bytes/decode/csv/row-form.ts';
import { sample } from '../../harness/long.ts';
import { assertProperty } from '../../harness/random.ts';

/** Names that mean something in code, or in an object. */
const hostile = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '0',
  '-1',
  'a b',
  '"',
  "'",
  '`',
  '\\',
  '${process.exit()}',
  '"]:0};process.exit();({"',
  '*/',
  '//',
  '\u2028',
  '\ud800',
  'v0',
  't',
  'e',
];
const name = fc.oneof(fc.constantFrom(...hostile), fc.string(), fc.string({ unit: 'binary' }));
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 12 });
const plain = fc.string().map((text) => text.replaceAll(/[;,\n]/g, ''));

/** Makes a row from its fields as plainly as it can be made. */
function expectRow(
  columns: readonly string[],
  wanted: readonly string[],
  fields: readonly string[],
): unknown {
  if (fields.length !== columns.length) return undefined;
  return Object.fromEntries(wanted.map((each) => [each, fields[columns.indexOf(each)]]));
}

function check(delimiter: string): void {
  const property = fc.property(
    names,
    fc.array(fc.nat(), { maxLength: 6 }),
    fc.boolean(),
    fc.array(plain, { minLength: 1, maxLength: 13 }),
    fc.boolean(),
    fc.constantFrom('', 'x\n', `1${delimiter}2\n`),
    fc.constantFrom('', '\ny', `\n1${delimiter}2`),
    (columns, picks, isPicked, someFields, isWhole, before, behind) => {
      const fields = isWhole
        ? columns.map((_, at) => someFields[at % someFields.length] as string)
        : someFields;
      const picked = picks.map((pick) => columns[pick % columns.length] as string);
      const wanted = isPicked ? [...new Set(picked)] : columns;
      const form = findRowForm(columns, delimiter, isPicked ? wanted : undefined);
      const line = fields.join(delimiter);
      const expected = expectRow(columns, wanted, fields);
      // What the search for the end of one line has found serves for the next, in the same text.
      const text = `${before}${line}\n${line}${behind}`;
      const searched = { delimiter: -1 };
      for (const from of [before.length, before.length + line.length + 1]) {
        assert.deepStrictEqual(form.cut(text, from, from + line.length, searched), expected);
      }
      if (expected === undefined) return;
      const made = form.make(fields) as object;
      assert.deepStrictEqual(made, expected);
      assert.equal(Object.getPrototypeOf(made), Object.prototype);
      assert.deepEqual(Object.keys(made), Object.keys(expected as object));
    },
  );
  assertProperty(property, { numRuns: sample(150, 10_000), seed: 20 });
}

describe('the rows of a table', () => {
  it('have the fields that stand in their line, whatever the names are', () => check(','));

  it('are the same where code from strings is forbidden', () => {
    const forbidden = mock.method(globalThis, 'Function', () => {
      throw new EvalError('Code generation from strings disallowed for this context');
    });
    try {
      check(';');
      assert.ok(forbidden.mock.callCount() > 0);
    } finally {
      forbidden.mock.restore();
    }
  });

  it('of many columns are cut without code for each of them', () => {
    const columns = Array.from({ length: 2000 }, (_, at) => `c${at}`);
    const line = columns.map((_, at) => String(at)).join(',');
    const two = findRowForm(columns, ',', ['c1999', 'c7']);
    assert.deepEqual(two.cut(line, 0, line.length, { delimiter: -1 }), { c1999: '1999', c7: '7' });
    assert.equal(two.cut(`${line},`, 0, line.length + 1, { delimiter: -1 }), undefined);
    const form = findRowForm(columns, ',', undefined);
    const all = form.cut(line, 0, line.length, { delimiter: -1 }) as Record<string, string>;
    assert.equal(Object.keys(all).length, 2000);
    assert.equal(all['c1000'], '1000');
  });
});
