import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Row } from '../../../examples/scan/analyse.ts';
import { parseCommand } from '../../../examples/scan/arguments.ts';
import { takeSample } from '../../../examples/scan/compare.ts';
import { describeOutcome } from '../../../examples/scan/report/report.ts';
import { layOutTable, shorten } from '../../../examples/scan/report/table.ts';
import { describeBytes, describeTime } from '../../../examples/scan/report/units.ts';
import { Totals } from '../../../examples/scan/totals.ts';

describe('parseCommand', () => {
  test('scans node_modules when nothing is said', () => {
    const command = parseCommand([]);
    assert.deepEqual(command, { kind: 'scan', folder: 'node_modules', out: 'telar-scan.ndjson' });
  });

  test('takes a folder, a file and a number of workers', () => {
    const command = parseCommand(['lib', '--out', 'rows', '--workers=3']);
    assert.deepEqual(command, { kind: 'scan', folder: 'lib', out: 'rows', workers: 3 });
  });

  test('takes what follows -- as a folder', () => {
    const command = parseCommand(['--', '--help']);
    assert.ok(command.kind === 'scan');
    assert.equal(command.folder, '--help');
  });

  test('shows its help', () => {
    assert.deepEqual(parseCommand(['-h']), { kind: 'help' });
  });

  const refused: [args: string[], reason: RegExp][] = [
    [['a', 'b'], /one folder, got 2/],
    [['--workers', '0'], /whole number from 1, got "0"/],
    [['--workers', '1.5'], /got "1.5"/],
    [['--workers', ''], /got ""/],
    [['--worker', '2'], /--worker/],
    [['--out'], /--out/],
    [[''], /empty/],
  ];
  for (const [args, reason] of refused) {
    test(`refuses ${JSON.stringify(args)}`, () => {
      const command = parseCommand(args);
      assert.match(command.kind === 'refused' ? command.reason : '', reason);
    });
  }
});

describe('takeSample', () => {
  const files = (sizes: number[]) => sizes.map((size) => ({ path: `${size}.js`, package: 'p', size }));

  test('takes every file of a few', () => {
    assert.deepEqual(takeSample(files([1, 3, 2])), files([3, 2, 1]));
    assert.deepEqual(takeSample([]), []);
  });

  test('takes evenly over the sizes of many', () => {
    const sizes = Array.from({ length: 997 }, (_, place) => (place * 7919) % 997);
    const sample = takeSample(files(sizes)).map(({ size }) => size);
    assert.equal(sample.length, 100);
    assert.deepEqual(sample.slice(0, 3), [991, 981, 971]);
  });
});

describe('the report', () => {
  const measures = { bytes: 2_000_000, gzip: 500_000, brotli: 400_000, lines: 1234, sha256: '' };
  const rows: Row[] = [
    {
      path: 'a/node_modules/b/big.js',
      package: 'b',
      outcome: 'parsed',
      ...measures,
      kind: 'script',
      functions: 1000,
      imports: 0,
      longest: { name: 'run', line: 7, lines: 1200 },
    },
    { path: 'c/types.d.ts', package: 'c', outcome: 'declaration', ...measures, bytes: 3_000_000 },
    {
      path: 'c/bad.js',
      package: 'c',
      outcome: 'does not parse',
      reason: 'Unexpected token (1:6)',
      ...measures,
    },
    { path: 'c/closed.js', package: 'c', outcome: 'unreadable', reason: 'EACCES' },
  ];
  const summary = {
    items: 4,
    failed: 0,
    skipped: 0,
    retried: 0,
    repeated: 0,
    resumed: 0,
    strays: 0,
    workers: 2,
    elapsed: 10_000,
    compute: 19_000,
    transport: 300,
    load: 50,
    capture: undefined,
    speedup: 1.9,
    verdict: undefined,
  };
  const describeRows = (given: Row[]): string => {
    const totals = new Totals();
    for (const row of given) totals.add(row);
    const comparison = {
      files: 96,
      bytes: 2e6,
      alone: { elapsed: 600, taken: 0 },
      parallel: { elapsed: 300, taken: 0 },
      differing: 0,
    };
    const lines = describeOutcome({ totals, summary, comparison, out: '/tmp/rows.ndjson' });
    return lines.map(([, line]) => line).join('\n');
  };

  test('shows packages by size, then the facts, and where the rows are', () => {
    assert.equal(
      describeRows(rows),
      `package         files    size    gzip  brotli  lines  functions
c                   3  5.0 MB  1.0 MB  800 kB  2,468          0
b                   1  2.0 MB  500 kB  400 kB  1,234      1,000
all 2 packages      4  7.0 MB  1.5 MB  1.2 MB  3,702      1,000

Longest     run: 1,200 lines, b/big.js:7
Not parsed  1 declaration file: measured only, as acorn reads JavaScript
Broken      c/bad.js: Unexpected token (1:6)
Unreadable  c/closed.js: EACCES
This run    7.0 MB in 10.0 s: 19.0 s of work on 2 workers, 300 ms of transport
Plain loop  600 ms for a sample of 96 files of all sizes, 2.0 MB
Telar       300 ms for the same sample, same rows: 2.00 times as fast
Rows        /tmp/rows.ndjson`,
    );
  });

  test('shows the ten heaviest of many packages', () => {
    const many = Array.from({ length: 13 }, (_, number): Row => {
      return {
        path: `${number}.d.ts`,
        package: `p${number}`,
        outcome: 'declaration',
        ...measures,
        bytes: number,
      };
    });
    const text = describeRows(many);
    assert.match(text, /^heaviest/);
    assert.match(text, /\np12 /);
    assert.match(text, /\np3 /);
    assert.doesNotMatch(text, /\np2 /);
    assert.match(text, /\nall 13 packages +13 /);
  });
});

describe('the units', () => {
  test('are those that suit the amount', () => {
    const bytes = [0, 999, 1000, 99_949, 99_950, 999_499, 999_500, 47_664_614, 1e12].map(describeBytes);
    const shown = ['0 B', '999 B', '1.0 kB', '99.9 kB', '100 kB', '999 kB', '1.0 MB', '47.7 MB', '1000 GB'];
    assert.deepEqual(bytes, shown);
    const times = [0, 0.6, 999.4, 999.5, 9994, 9995, 99_950].map(describeTime);
    assert.deepEqual(times, ['0 ms', '1 ms', '999 ms', '1.00 s', '9.99 s', '10.0 s', '100 s']);
  });
});

describe('the table', () => {
  test('aligns the first column to the left, the others to the right', () => {
    const lines = layOutTable([
      ['name', 'a', 'long name'],
      ['n', '1', '22'],
    ]);
    assert.deepEqual(lines, ['name        n', 'a           1', 'long name  22']);
  });

  test('shortens a long text in its middle', () => {
    assert.equal(shorten('abcdefgh', 8), 'abcdefgh');
    assert.equal(shorten('abcdefghi', 8), 'abcd…ghi');
  });
});
