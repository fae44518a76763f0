import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { parallelMap, spawn } from 'telar';
import { share, type Shared } from 'telar/memory';
import { census } from '../census.ts';
import { usePool } from '../harness/pool.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();
const pool = usePool({ workers: 3 });

interface Row {
  readonly id: number;
  readonly tags: readonly string[];
}

const original = {
  name: 'Zoë',
  wide: 'snow ☃',
  long: 'x'.repeat(1000),
  empty: '',
  nothing: null,
  missing: undefined,
  yes: true,
  big: -(2n ** 70n),
  day: new Date(86_400_000),
  numbers: [0, -0, 1.5, Number.NaN, -Infinity, 2 ** 53],
  floats: new Float64Array([1, Number.NaN, -0]),
  bytes: new Uint8Array([1, 2, 3]),
  rows: Array.from({ length: 50 }, (_, id): Row => ({ id, tags: [`t${id}`, 'all'] })),
  none: [],
  map: new Map<string | number, { readonly at: number; readonly inner: readonly number[] }>([
    ['a', { at: 1, inner: [1] }],
    ['ö☃', { at: 2, inner: [] }],
    [Number.NaN, { at: 3, inner: [3, 3] }],
    [0, { at: 4, inner: [4] }],
  ]),
};

describe('share', () => {
  const shared = share(original);

  it('reads as the original does', () => {
    const { map, ...rest } = original;
    const { map: ownMap, ...own } = shared;
    assert.deepEqual(own, rest);
    assert.deepEqual([...ownMap], [...map]);
    assert.ok(Array.isArray(shared.rows));
    assert.deepEqual(Object.keys(shared), Object.keys(original));
    assert.equal(JSON.stringify(shared.rows), JSON.stringify(original.rows));
    assert.deepEqual({ ...shared.rows[3] }, original.rows[3]);
    assert.deepEqual(
      shared.rows.filter(({ id }) => id % 7 === 0).map(({ tags }) => tags.join()),
      original.rows.filter(({ id }) => id % 7 === 0).map(({ tags }) => tags.join()),
    );
    assert.ok(Object.is(shared.numbers[1], -0));
    assert.equal(shared.rows.at(-1)?.id, 49);
    assert.equal(shared.rows[50], undefined);
    assert.ok(!(50 in shared.rows) && 49 in shared.rows && !('01' in shared.rows));
    assert.equal(shared.rows, shared.rows);
    assert.match(inspect(shared.none), /\[\]/);
    assert.match(inspect(shared.rows[0]?.tags), /\[ 't0', 'all' \]/);
  });

  it('is the same in closures, items, results and objects on threads', async () => {
    const { rows, map } = shared;
    const read = (item: { readonly own: typeof rows; readonly id: number }): unknown => [
      shared.wide,
      rows[item.id]?.tags[0],
      item.own[item.id]?.id,
      map.get(Number.NaN)?.inner.length,
      shared.floats[0],
      shared.rows,
    ];
    const items = [3, 7, 11].map((id) => ({ own: rows, id }));
    const results = (await parallelMap(items, read, { pool })) as [
      string,
      string,
      number,
      number,
      number,
      typeof rows,
    ][];
    for (const [at, [wide, tag, id, length, float, back]] of results.entries()) {
      const expected = items[at]?.id as number;
      assert.deepEqual([wide, tag, id, length, float], ['snow ☃', `t${expected}`, expected, 2, 1]);
      assert.deepEqual([...back], original.rows);
    }
    const remote = await spawn(() => ({ count: (own: typeof map) => own.size }));
    try {
      assert.equal(await remote.count(map), 4);
    } finally {
      await spawn.close(remote);
    }
  });

  it('lies in memory that all threads see', async () => {
    const floats = share(new Float64Array([1, 2, 3]));
    const inner = share({ floats: new Float64Array(3) }).floats;
    await parallelMap([1], () => void ((floats[1] = 5), (inner[2] = 6)), { pool });
    assert.deepEqual([...floats], [1, 5, 3]);
    assert.deepEqual([...inner], [0, 0, 6]);
    assert.equal(share(floats), floats);
  });

  it('cannot be written to', () => {
    const rows = shared.rows as Row[];
    assert.throws(() => rows.push({ id: 1, tags: [] }), {
      name: 'TypeError',
      message: /shared between threads/,
    });
    assert.throws(() => rows.sort((a, b) => b.id - a.id), /shared between threads/);
    assert.throws(() => Object.freeze(rows), /shared between threads/);
    assert.throws(() => ((shared as { name: string }).name = 'x'), TypeError);
    assert.throws(() => ((rows[0] as { id: number }).id = 5), TypeError);
  });

  it('keeps what refers to one thing, and to itself', () => {
    interface Ring {
      readonly name: string;
      readonly parts: Ring[];
    }
    const ring: Ring = { name: 'ring', parts: [] };
    ring.parts.push(ring);
    const own = share(ring);
    assert.equal(own.parts[0]?.parts[0]?.parts[0]?.name, 'ring');
    const one = 'y'.repeat(1000);
    const row = { one };
    const many = share(Array.from({ length: 1000 }, () => row));
    assert.equal(many[999]?.one, one);
  });

  it('gives a text pieces', async () => {
    for (const text of ['plain text, and ä', 'snow ☃ on the hill', '', 'ĀĀa']) {
      const own = share(text);
      const pieces = (read: Shared<string> | string): unknown[] => [
        read.length,
        read.slice(2, 6),
        read.slice(-3),
        read.slice(5, 2),
        read.indexOf('a', 3),
        read.indexOf('☃'),
        read.indexOf('Ā', 1),
        read.indexOf('\u0001'),
        read.indexOf(''),
        read.includes('and'),
        read.charCodeAt(1),
        read.charCodeAt(100),
        String(read),
      ];
      assert.deepEqual(pieces(own), pieces(text));
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      assert.deepEqual(await parallelMap([own, own], pieces, { pool }), [pieces(text), pieces(text)]);
    }
    assert.equal(JSON.stringify(share('abc')), '"abc"');
    assert.equal(inspect(share('abc')), 'SharedText(3) "abc"');
  });

  it('finds in a set and a map what is in the original, and nothing else', () => {
    const key = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.double(),
    );
    const entries = fc.array(fc.tuple(key, fc.jsonValue()), { maxLength: 200 });
    const property = fc.property(entries, fc.array(key), (pairs, others) => {
      const map = new Map<string | number, unknown>(pairs);
      const set = new Set(map.keys());
      const [ownMap, ownSet] = [share(map), share(set)];
      assert.deepEqual([ownMap.size, ownSet.size], [map.size, set.size]);
      for (const asked of [...map.keys(), ...others, -0]) {
        assert.equal(ownSet.has(asked), set.has(asked));
        assert.equal(ownMap.has(asked), map.has(asked));
        assert.deepEqual(ownMap.get(asked), map.get(asked));
      }
      assert.deepEqual([...ownMap], [...map]);
      assert.deepEqual([...ownMap.keys()], [...map.keys()]);
      assert.deepEqual([...ownMap.values()], [...map.values()]);
      assert.deepEqual([...ownSet.entries()], [...set.entries()]);
      const visited: unknown[] = [];
      ownMap.forEach((value, own) => visited.push([own, value]));
      assert.deepEqual(visited, [...map]);
    });
    assertProperty(property, { seed: 6, numRuns: sample(200, 2000) });
    assert.equal(share(new Map([['a', 1]])).get(undefined as never), undefined);
  });

  it('refuses what is no data, and names its place', () => {
    const message = /Got the function run at value\["rows"\]\[1\]\["run"\]\./s;
    assert.throws(() => share({ rows: [1, { run: () => {} }] }), { name: 'TypeError', message });
    assert.throws(() => share(new Map([[{}, 1]])), {
      name: 'TypeError',
      message: /keys that are strings or numbers/,
    });
    assert.throws(() => share([new (class Own {})()]), { name: 'TypeError', message: /at value\[0\]/ });
    assert.throws(() => share([/x/]), TypeError);
    assert.throws(() => share([new ArrayBuffer(8)]), TypeError);
    assert.throws(() => share(() => {}), { name: 'TypeError', message: /tasks capture functions/ });
    let deep: unknown[] = [];
    for (let level = 0; level < 50_000; level++) deep = [deep];
    assert.throws(() => share(deep), { name: 'TypeError', message: /nested too deep: flatten it/ });
    assert.equal(share(5), 5);
    assert.equal(share(null), null);
  });
});
