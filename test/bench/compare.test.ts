import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { spreadOf } from '../../bench/harness/statistics.ts';
import { compareDocuments, compareSpreads } from '../../bench/report/compare.ts';
import { type BenchDocument, readDocument } from '../../bench/report/document.ts';
import { readMachine } from '../../bench/report/machine.ts';
import type { Measured } from '../../bench/report/measured.ts';

const machine = readMachine();

function makeDocument(ratios: readonly number[], more: Partial<BenchDocument> = {}): BenchDocument {
  const measured = (name: string, role: Measured['role']): Measured => ({
    name,
    role,
    time: spreadOf([1]),
    ratio: spreadOf(ratios),
  });
  const answer = {
    name: 'short',
    group: 'flow',
    question: '',
    head: [],
    rows: [],
    notes: [],
    figures: [],
    contenders: [measured('telar', 'telar'), measured('piscina', 'peer')],
  };
  return { format: 1, machine, size: 'quick', seconds: 1, answers: [answer], verdicts: [], ...more };
}

describe('two runs of the bench', () => {
  test('differ when their medians lie further apart than the rounds of both', () => {
    const kind = (before: readonly number[], after: readonly number[]): string =>
      compareSpreads('', spreadOf(before), spreadOf(after)).kind;
    assert.equal(kind([1, 1.1, 1.2], [1.4, 1.5, 1.6]), 'same');
    assert.equal(kind([1, 1.05, 1.1], [1.4, 1.45, 1.5]), 'regression');
    assert.equal(kind([1.4, 1.45, 1.5], [1, 1.05, 1.1]), 'improvement');
  });

  test('are the same within what chance in compiling a loop is worth', () => {
    assert.equal(compareSpreads('', spreadOf([1]), spreadOf([1.029])).kind, 'same');
    assert.equal(compareSpreads('', spreadOf([1]), spreadOf([1.031])).kind, 'regression');
  });

  test('are compared by what they measured of Telar, where both did', () => {
    const changes = compareDocuments(makeDocument([1]), makeDocument([2]));
    assert.deepEqual(
      changes.map(({ id, factor, kind }) => ({ id, factor, kind })),
      [{ id: 'short · telar · ratio', factor: 2, kind: 'regression' }],
    );
    assert.deepEqual(compareDocuments(makeDocument([1], { answers: [] }), makeDocument([2])), []);
  });

  test('are not compared when their sizes differ', () => {
    assert.throws(() => compareDocuments(makeDocument([1], { size: 'full' }), makeDocument([1])), {
      name: 'RangeError',
      message: /got full and quick: add or leave out --full/,
    });
  });
});

describe('what --json wrote', () => {
  test('is read back, and nothing else is', () => {
    const folder = mkdtempSync(join(tmpdir(), 'telar-bench-'));
    try {
      const path = join(folder, 'run.json');
      writeFileSync(path, JSON.stringify(makeDocument([1])));
      assert.deepEqual(readDocument(path), JSON.parse(JSON.stringify(makeDocument([1]))));
      for (const text of ['{"format":2}', 'null', 'no json']) {
        writeFileSync(path, text);
        assert.throws(() => readDocument(path), /Expected .*run\.json to be what --json of this bench wrote/);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
