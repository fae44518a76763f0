import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listReads } from '../../src/task/source/list-reads.ts';
import { scanReads } from '../../src/task/source/scan-reads.ts';
import { read, unread } from './read-texts.ts';

/** Texts of which the tokens alone tell what the parser tells. */
const scanned: readonly [text: string, names: readonly string[] | 'used'][] = [
  ['(row) => row.city', ['city']],
  ['row => row.city', ['city']],
  ['async row => row?.city', ['city']],
  ['async (row) => row.city.length / 2', ['city']],
  ['function price(row) { return Number(row.price) * Number(row.quantity); }', ['price', 'quantity']],
  ['function* (row) { yield row.city; }', ['city']],
  ['toOrder(row, index) { // the row\n return [row.a, "row", x.row]; }', ['a']],
  ['(row) => ({ id: row.id, city: row.city ?? "row" })', ['id', 'city']],
  ['(row) => { if (row.a > 1) return row.b; }', ['a', 'b']],
  ['(row) => row', 'used'],
  ['function toOrder(row) { return bill(row) ?? skip; }', 'used'],
  ['(row) => ({ ...row })', 'used'],
  ['(row) => ({ row })', 'used'],
  ['(row) => rows.map((row) => row.city)', 'used'],
];

describe('a scan of the tokens of a function', () => {
  for (const [text, found] of scanned) {
    it(`tells of ${text}`, () => {
      assert.deepEqual(scanReads(text, 0), found === 'used' ? 'used' : { names: found });
      assertAgrees(text, listReads(text, 0));
    });
  }

  it('tells what the parser tells, or that it takes the parser', () => {
    for (const [text, names] of read) assertAgrees(text, names);
    for (const text of unread) assertAgrees(text, undefined);
    for (const text of ['(row) => (row.a)\n/b/.test(c)', '(row) => x<!--row\n+ row.a'])
      assert.equal(scanReads(text, 0), 'unsure', text);
  });

  it('is of the parameter that is asked for', () => {
    assert.deepEqual(scanReads('(sum, row) => sum + row.amount', 1), { names: ['amount'] });
    assert.equal(scanReads('(sum, row) => sum + row.amount', 0), 'unsure');
    assert.equal(scanReads('(sum) => sum.a', 1), 'unsure');
  });
});

function assertAgrees(text: string, names: readonly string[] | undefined): void {
  const found = scanReads(text, 0);
  if (found === 'unsure') return;
  const told = found === 'used' ? undefined : found.names.toSorted();
  assert.deepEqual(told, names?.toSorted(), text);
}
