import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CloneError, parallelMap, parallelMapIterable, parallelMapSettled, transfer } from 'telar';
import { census } from '../../census.ts';
import { echo, pairWithIndex } from '../../fixtures/tasks/computes.ts';
import { returnKind } from '../../fixtures/tasks/uncloneable.ts';
import { catchReason, collect } from '../../harness/collect.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

const handler = (): void => {};

describe('an item that cannot be cloned', () => {
  const cases: readonly [title: string, item: unknown, path: string, reason: RegExp][] = [
    ['a function', handler, 'item', /it is a function \(handler\)/],
    ['a symbol', Symbol('mine'), 'item', /it is a symbol \(Symbol\(mine\)\)/],
    ['a function at depth', { rows: [1, { onClick: handler }] }, 'item.rows[1].onClick', /function/],
    ['a key that is no identifier', { 'a b': handler }, 'item["a b"]', /function/],
    ['in a Map', new Map([['key', handler]]), 'item.get("key")', /function/],
    ['in a Set', new Set([1, handler]), 'item.values()[1]', /function/],
    [
      'a getter that throws',
      {
        get broken(): never {
          throw new Error('no');
        },
      },
      'item.broken',
      /its getter throws: Error: no/,
    ],
    ['a proxy whose traps throw', makeRevoked(), 'item', /./],
    ['a WeakMap', { cache: new WeakMap() }, 'item.cache', /could not be cloned/],
    ['a promise at depth', { later: Promise.resolve(1) }, 'item.later', /could not be cloned/],
  ];
  for (const [title, item, path, reason] of cases) {
    it(`fails alone, with the path to the value: ${title}`, async () => {
      const outcomes = await parallelMapSettled([1, item, 3], echo<unknown>, { pool, chunkSize: 10 });
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      const outcome = outcomes[1];
      assert.ok(outcome?.status === 'rejected' && outcome.reason instanceof CloneError);
      assert.equal(outcome.reason.path, path);
      assert.equal(outcome.reason.index, 1);
      assert.match(outcome.reason.message, reason);
      assert.match(
        outcome.reason.message,
        path === 'item'
          ? /^Item 1 cannot cross to a worker: .* Pass plain data/
          : / of item 1 cannot cross to a worker: .* Pass plain data/,
      );
    });
  }

  it('fails alone also beside an item whose buffers are handed over', async () => {
    const bytes = new Uint8Array(8);
    const throwing = {
      get broken(): never {
        throw new Error('no');
      },
    };
    const items = [throwing, transfer(bytes), makeRevoked(), handler];
    const outcomes = await parallelMapSettled(items, echo<unknown>, { pool, chunkSize: 10 });
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'fulfilled', 'rejected', 'rejected'],
    );
    assert.equal(bytes.byteLength, 0);
  });

  it('was never started', async () => {
    const [outcome] = await parallelMapSettled([handler], echo<unknown>, { pool });
    assert.ok(outcome?.status === 'rejected' && outcome.reason instanceof CloneError);
    assert.equal(outcome.reason.attempts, 0);
    assert.equal(outcome.attempts, 0);
  });

  it('has a path through a circle, and through thousands of others', async () => {
    const circle: { self?: unknown; list: unknown[] } = { list: Array.from({ length: 5000 }, () => ({})) };
    circle.self = circle;
    circle.list.push({ deep: { er: handler } });
    const reason = await catchReason(parallelMap([circle], echo<unknown>, { pool }));
    assert.ok(reason instanceof CloneError);
    assert.match(reason.path, /\.list\[5000\]\.deep\.er$/);
  });

  it('ends the call, after the results before it', async () => {
    const reason = await catchReason(
      collect(parallelMapIterable([1, handler, 3], pairWithIndex<unknown>, { pool })),
    );
    assert.ok(reason instanceof CloneError);
    assert.equal(reason.index, 1);
  });

  it('may be many among many', async () => {
    const items = Array.from({ length: 101 }, (_, index) => (index % 3 === 0 ? handler : index));
    const outcomes = await parallelMapSettled(items, echo<unknown>, { pool });
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined)),
      items.map((item) => (item === handler ? undefined : item)),
    );
  });
});

describe('a result that cannot be cloned', () => {
  const paths: readonly [kind: string, path: string][] = [
    ['function', 'result'],
    ['symbol', 'result'],
    ['nested', 'result.rows[2].onClick'],
    ['map', 'result.get("key")'],
    ['weak', 'result'],
    ['getter', 'result.broken'],
    ['circular', 'result.fn'],
  ];
  for (const [kind, path] of paths) {
    it(`fails its item, with the path to the value: ${kind}`, async () => {
      const outcomes = await parallelMapSettled(['a', kind, 'b'], returnKind, { pool, chunkSize: 10 });
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      const outcome = outcomes[1];
      assert.ok(outcome?.status === 'rejected' && outcome.reason instanceof CloneError);
      assert.equal(outcome.reason.path, path);
      assert.equal(outcome.reason.attempts, 1);
      assert.match(
        outcome.reason.message,
        / of item 1 cannot cross back from its worker: .* Return plain data/,
      );
    });
  }

  it('does not cost the others theirs, whatever the number', async () => {
    const items = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? 'function' : `text ${index}`));
    const outcomes = await parallelMapSettled(items, returnKind, { pool });
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      items.map((item) => (item === 'function' ? 'rejected' : 'fulfilled')),
    );
  });
});

function makeRevoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
