import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { share } from '../../src/shared/share.ts';
import { packValues, unpackValues } from '../../src/wire/pack/pack.ts';
import { census } from '../census.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();

type Transferred = Parameters<typeof packValues>[1];

/** Packs, sends and unpacks, as a chunk is on its way to another thread. */
function carry(values: readonly unknown[]): { kind: string; values: unknown[] } {
  const transfers: Transferred = new Set();
  const packed = packValues(values, transfers);
  const sent = structuredClone(packed, { transfer: [...transfers] as ArrayBuffer[] });
  return { kind: packed.kind, values: Array.from(unpackValues(sent)) };
}

function assertSame(values: readonly unknown[], kind?: string): void {
  const carried = carry(values);
  if (kind !== undefined) assert.equal(carried.kind, kind);
  assert.deepStrictEqual(carried.values, structuredClone(values));
  carried.values.forEach((value, at) => {
    const original: unknown = structuredClone(values[at]);
    assert.ok(typeof value !== 'number' || Object.is(value, original));
    if (typeof value !== 'object' || value === null) return;
    assert.deepEqual(Reflect.ownKeys(value), Reflect.ownKeys(original as object));
    assert.equal(Object.getPrototypeOf(value), Object.getPrototypeOf(original));
  });
}

const many = <T>(make: (index: number) => T): T[] => Array.from({ length: 20 }, (_, index) => make(index));

describe('packed values are what structuredClone makes of them', () => {
  it('whatever they are', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    });
    assertProperty(
      fc.property(fc.array(anything, { minLength: 0, maxLength: 40 }), (values) => assertSame(values)),
      { numRuns: sample(150, 1500), seed: 1 },
    );
  });

  it('for numbers', () => {
    assertProperty(
      fc.property(
        fc.array(fc.oneof(fc.double(), fc.integer(), fc.constant(-0)), { minLength: 16, maxLength: 50 }),
        (values) => assertSame(values, 'elements'),
      ),
      { numRuns: sample(100, 1000), seed: 2 },
    );
  });

  it('for objects of one shape', () => {
    const cell = fc.constantFrom(
      fc.double(),
      fc.boolean(),
      fc.string(),
      fc.constant(null),
      fc.constant(undefined),
      fc.constant('same'),
      fc.oneof(fc.double(), fc.constant(undefined)),
      fc.bigInt(),
      fc.array(fc.integer(), { maxLength: 2 }),
    );
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'toString', '0', '10', 'a'),
    );
    const rows = fc
      .uniqueArray(fc.tuple(key, cell), { selector: ([name]) => name, minLength: 1, maxLength: 6 })
      .chain((columns) =>
        fc
          .array(fc.tuple(...columns.map(([, values]): fc.Arbitrary<unknown> => values)), {
            minLength: 16,
            maxLength: 30,
          })
          .map((table) =>
            table.map((row) => Object.fromEntries(columns.map(([name], at) => [name, row[at]]))),
          ),
      );
    assertProperty(
      fc.property(rows, (values) => assertSame(values)),
      { numRuns: sample(200, 2000), seed: 3 },
    );
  });
});

describe('columns are used', () => {
  it('for arrays of one length that hold primitives, such as the entries of a Map', () => {
    assertSame(
      many((index) => [`key ${index}`, index, index % 2 === 0, null, 'same']),
      'columns',
    );
    assertSame(
      many((index) => Object.freeze([index])),
      'columns',
    );
  });

  it('for plain objects of one shape that hold primitives', () => {
    assertSame(
      many((index) => ({ id: index, name: `n${index}`, ok: index % 2 === 0, none: null, same: 'x' })),
      'columns',
    );
  });

  it('and carry a text that occurs often once', () => {
    for (const kinds of [2, 40, 256, 257, 2000]) {
      const rows = Array.from({ length: 2000 }, (_, at) => ({
        id: `row ${at}`,
        kind: `kind ${(at * 7) % kinds}`,
        rare: at === 1999 ? 'rare' : 'usual',
      }));
      assertSame(rows, 'columns');
      assertSame(
        rows.map(({ id, kind }) => [id, kind]),
        'columns',
      );
    }
  });

  it('and keep minus zero, NaN, empty texts and undefined', () => {
    assertSame(
      many((index) => ({ zero: -0, nan: Number.NaN, text: '', none: undefined, mixed: index })),
      'columns',
    );
  });

  const others: readonly [title: string, make: (index: number) => unknown][] = [
    ['another order of the keys', (index) => (index === 7 ? { b: 1, a: 2 } : { a: 1, b: 2 })],
    ['one key more', (index) => (index === 7 ? { a: 1, b: 2 } : { a: 1 })],
    ['one key less', (index) => (index === 7 ? {} : { a: 1 })],
    ['another type in one', (index) => ({ a: index === 7 ? 'seven' : index })],
    ['null in one', (index) => ({ a: index === 7 ? null : 'text' })],
    ['objects within', () => ({ a: { b: 1 } })],
    ['no properties', () => ({})],
    ['arrays of another length', (index) => (index === 7 ? [1, 2] : [1, 2, 3])],
    ['arrays of nothing', () => []],
    ['an array among objects', (index) => (index === 7 ? ['a'] : { 0: 'a' })],
    ['an object among arrays', (index) => (index === 7 ? { 0: 'a' } : ['a'])],
    ['arrays with undefined', () => Array.from({ length: 3 }).with(1, 1)],
    // oxlint-disable-next-line no-sparse-arrays -- this is the point.
    ['arrays with holes', (index) => (index === 7 ? [1, , 'c'] : [1, 'b', 'c'])],
    // oxlint-disable-next-line no-sparse-arrays -- this is the point.
    ['arrays with a hole and a property', () => Object.assign([, 'b'], { c: 'd' })],
    ['arrays with a property in one', (index) => (index === 7 ? Object.assign(['a'], { b: 1 }) : ['a'])],
    ['matches', (index) => /n(\d)/.exec(`n${index}`)],
    ['arrays within', (index) => ['a', [index]]],
    ['arrays that are longer than columns are worth', (index) => Array.from({ length: 40 }, () => index)],
    ['dates', (index) => new Date(index)],
    [
      'class instances',
      (index) =>
        new (class Point {
          x = index;
        })(),
    ],
    ['no prototype', (index) => Object.assign(Object.create(null) as object, { a: index })],
    [
      'an inherited property',
      (index) => Object.assign(Object.create({ inherited: 1 }) as object, { a: index }),
    ],
    [
      'an accessor',
      (index) => ({
        get a() {
          return index;
        },
        b: 1,
      }),
    ],
    ['a hidden property', (index) => Object.defineProperty({ a: index }, 'hidden', { value: 1 })],
    ['a symbol as a key', (index) => ({ a: index, [Symbol('s')]: 1 })],
    ['__proto__ as an own key', (index) => JSON.parse(`{"__proto__":${index},"a":1}`) as unknown],
    [
      'more keys than columns are worth',
      (index) => Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`k${at}`, index])),
    ],
    ['bigints', (index) => ({ a: BigInt(index) })],
  ];
  for (const [title, make] of others) {
    it(`or not, and nothing is lost: ${title}`, () => assertSame(many(make)));
  }

  it('also for what clone refuses: arguments objects and proxies cross as plain objects', () => {
    const listArguments = function (): unknown {
      // oxlint-disable-next-line prefer-rest-params -- this is the point.
      return arguments;
    } as (...values: number[]) => unknown;
    assert.deepEqual(
      carry(many((index) => listArguments(index))).values,
      many((index) => ({ 0: index })),
    );
    assert.deepEqual(
      carry(many((index) => new Proxy({ a: index }, {}))).values,
      many((index) => ({ a: index })),
    );
  });

  it('not for the same object twice, which stays the same', () => {
    const inner = { a: 1 };
    const { values } = carry(many(() => ({ inner })));
    const [first, second] = values as { inner: object }[];
    assert.equal(first?.inner, second?.inner);
  });

  it('not for arrays that threads share, which stay that', () => {
    const row = share(['a', 'b']);
    const packed = packValues(
      many(() => row),
      new Set(),
    );
    assert.equal(packed.kind, 'sealed');
  });

  it('not for long arrays, whose elements are not even listed', () => {
    let lists = 0;
    const watched = (array: object): object =>
      new Proxy(array, {
        ownKeys: (target) => {
          lists++;
          return Reflect.ownKeys(target);
        },
      });
    packValues(
      many(() => watched(Array.from({ length: 33 }, () => 1))),
      new Set(),
    );
    assert.equal(lists, 0);
  });

  it('not below sixteen values', () => {
    assert.equal(carry(many((a) => ({ a })).slice(0, 15)).kind, 'values');
    assert.equal(carry(many((a) => a).slice(0, 15)).kind, 'values');
  });
});
