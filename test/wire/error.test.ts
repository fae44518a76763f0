import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CloneError } from '../../src/errors/item-errors.ts';
import { decodeThrown, describeThrown, encodeThrown } from '../../src/wire/values/error.ts';
import { census } from '../census.ts';
import { kinds, throwKind } from '../fixtures/tasks/throws.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();

/** Encodes, clones as a message would, and decodes. */
function carry(thrown: unknown): unknown {
  return decodeThrown(structuredClone(encodeThrown(thrown)));
}

function carryError(thrown: unknown): Error {
  const error = carry(thrown);
  assert.ok(error instanceof Error);
  return error;
}

describe('what was thrown arrives', () => {
  it('as itself when it is plain data', () => {
    assertProperty(
      fc.property(fc.anything(), (thrown) => {
        const carried = carry(thrown);
        try {
          assert.deepEqual(carried, structuredClone(thrown));
        } catch {
          assert.ok(carried instanceof Error, 'what cannot be cloned is text');
        }
      }),
      { numRuns: sample(300, 3000), seed: 4 },
    );
  });

  for (const kind of kinds) {
    it(`and never makes the worker throw: ${kind}`, () => {
      try {
        throwKind(kind);
      } catch (thrown) {
        carry(thrown);
        assert.equal(typeof describeThrown(thrown), 'string');
      }
    });
  }

  for (const base of [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, Error]) {
    it(`as a ${base.name}`, () => {
      const original = new base('of a kind');
      const error = carryError(original);
      assert.equal(error.constructor, base);
      assert.equal(error.message, 'of a kind');
      assert.equal(error.stack, original.stack);
      assert.deepEqual(Object.keys(error), []);
    });
  }

  it('with a cause of undefined told from no cause', () => {
    assert.ok('cause' in carryError(new Error('with', { cause: undefined })));
    assert.ok(!('cause' in carryError(new Error('without'))));
  });

  it('with its fields when it is an object that cannot be cloned, and names what is missing', () => {
    const thrown = {
      code: 'E_LIMIT',
      retry: () => {},
      limits: { most: 3, next: [1, () => {}], later: new WeakMap() },
    };
    const error = carryError(thrown) as Error & { code: string; limits: unknown };
    assert.equal(
      error.message,
      'An object was thrown (without `retry`, `limits.next[1]`, `limits.later`, which cannot be cloned)',
    );
    assert.equal(error.code, 'E_LIMIT');
    assert.deepEqual(error.limits, { most: 3, next: [1] });
    class Refusal {
      name = 'Refusal';
      message = 'not now';
      undo = (): void => {};
    }
    const refusal = carryError(new Refusal());
    assert.equal(String(refusal), 'Refusal: not now (without `undo`, which cannot be cloned)');
    assert.match(
      String(carryError(new Map([[1, Symbol('one')]]))),
      /A Map was thrown, which cannot be cloned/,
    );
  });

  it('in bounded time when it leads to everything', () => {
    const objects = Array.from({ length: 60 }, (): Record<string, unknown> => ({ fn() {} }));
    for (const object of objects) for (const [at, other] of objects.entries()) object[`n${at}`] = other;
    assert.match(carryError(objects[0]).message, /without/);
    let deep: object = { close() {} };
    for (let level = 0; level < 50_000; level++) deep = { deep };
    assert.match(carryError(deep).message, /An object was thrown \(without `deep\.deep/);
  });

  it('with the fields that are not enumerable, as such', () => {
    const context = { index: 3, attempts: 1, path: 'item.fn', reason: 'it is a function', fix: 'Pass data.' };
    const original = new CloneError('no', { ...context, item: '{ fn: [function] }' });
    const error = carryError(original) as CloneError;
    assert.deepEqual(
      [error.path, error.reason, error.fix, error.item, error.index],
      ['item.fn', 'it is a function', 'Pass data.', '{ fn: [function] }', 3],
    );
    assert.deepEqual(Object.keys(error).sort(), ['attempts', 'index']);
  });

  it('with fields whose names are special', () => {
    const error = new Error('special');
    Object.defineProperty(error, '__proto__', { value: { polluted: true }, enumerable: true });
    const carried = carryError(error);
    assert.equal(Object.getPrototypeOf(carried), Error.prototype);
    assert.deepEqual(Object.getOwnPropertyDescriptor(carried, '__proto__')?.value, { polluted: true });
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it('with a chain of causes of any length, cut at some depth', () => {
    let error = new Error('0');
    for (let depth = 1; depth < 100; depth++) error = new Error(String(depth), { cause: error });
    let length = 0;
    for (let at: unknown = carryError(error); at instanceof Error; at = at.cause) length++;
    assert.ok(length >= 5 && length <= 20, `${length} causes`);
  });

  it('with errors within errors', () => {
    const inner = new AggregateError([new TypeError('a'), null], 'inner');
    const carried = carryError(new AggregateError([inner, 7], 'outer')) as AggregateError;
    const [first, second] = carried.errors as [AggregateError, number];
    assert.equal(second, 7);
    assert.equal(first.message, 'inner');
    assert.ok((first.errors as unknown[])[0] instanceof TypeError);
    assert.equal((first.errors as unknown[])[1], null);
  });

  it('from another realm as an error', async () => {
    const { runInNewContext } = await import('node:vm');
    const error = carryError(runInNewContext(`new TypeError('elsewhere')`));
    assert.equal(error.name, 'TypeError');
    assert.equal(error.message, 'elsewhere');
  });
});

describe('describeThrown', () => {
  const cases: readonly [thrown: unknown, text: string][] = [
    [new TypeError('no'), 'TypeError: no'],
    [new Error(), 'Error'],
    ['text', '"text"'],
    [null, 'null'],
    [undefined, 'undefined'],
    [7n, '7'],
    [Symbol('s'), 'Symbol(s)'],
    [Object.create(null), 'a value that cannot be shown'],
  ];
  for (const [thrown, text] of cases) {
    it(`says ${text}`, () => assert.equal(describeThrown(thrown), text));
  }
});
