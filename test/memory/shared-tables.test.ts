import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { share } from 'telar/memory';
import { census } from '../census.ts';

census();

describe('tables that are shared', () => {
  it('finds keys of all lengths and widths in a table of many, and nothing that is nearly one', () => {
    const long = 'x'.repeat(4100);
    const keys = Array.from({ length: 300 }, (_, at) => [
      `user${at}@example.com`,
      'y'.repeat(at % 70) + at,
      `ä${at}`,
      `snow ☃ ${at}`,
      `${long}${at}`,
      `☃${long}${at}`,
      at,
      -at / 7,
    ]).flat();
    const map = new Map<string | number, string>(
      ['', ...keys].map((key, at) => [key, `value ${at % 9} of ${typeof key}`]),
    );
    const own = share(map);
    for (const [key, value] of map) assert.equal(own.get(key), value);
    assert.deepEqual([...own], [...map]);
    assert.deepEqual([...share(new Set(map.keys()))], [...map.keys()]);
    for (const key of keys) {
      const near =
        typeof key === 'string' ? [`${key}\u0000`, ` ${key}`, key.slice(1)] : [key + 0.5, String(key)];
      for (const other of near) assert.equal(own.has(other), map.has(other));
    }
    // A character whose lower byte is that of another is another one.
    assert.ok(share(new Set(['a'])).has('a') && !share(new Set(['a'])).has('\u0161'));
  });

  it('keeps a text that occurs often, and each of many that do not', () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => ({ id: `row ${id}`, kind: `kind ${id % 5}` }));
    const byId = new Map(rows.map((row) => [row.id, row]));
    const own = share({ rows, byId, kinds: rows.map(({ kind }) => kind) });
    assert.deepEqual(
      [...own.rows].map((row) => ({ ...row })),
      rows,
    );
    for (const row of rows) assert.deepEqual({ ...own.byId.get(row.id) }, row);
    assert.deepEqual(
      [...own.kinds],
      rows.map(({ kind }) => kind),
    );
  });
});
