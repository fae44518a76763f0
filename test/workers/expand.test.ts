import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skip, stop } from '../../src/wire/outcome.ts';
import { expandGenerator, type Expansion, isGenerator } from '../../workers/expand.ts';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';

census();

type Yielded = unknown;

async function expand(generator: Generator<Yielded> | AsyncGenerator<Yielded>): Promise<Expansion> {
  return expandGenerator(generator);
}

describe('isGenerator', () => {
  it('knows generators from other iterables', () => {
    assert.equal(isGenerator((function* () {})()), true);
    assert.equal(isGenerator((async function* () {})()), true);
    const others = [
      [],
      new Map(),
      new Set().values(),
      'text',
      null,
      { next() {} },
      function* () {},
      [].entries(),
    ];
    for (const value of others) assert.equal(isGenerator(value), false);
  });
});

describe('a generator', () => {
  it('is expanded at once unless it has to be waited for', () => {
    const expansion = expandGenerator(
      (function* (): Generator<Yielded> {
        yield 1;
        yield skip;
        yield null;
      })(),
    );
    assert.ok(!(expansion instanceof Promise));
    assert.deepEqual(expansion.results, [1, null]);
    assert.equal(expansion.stopped, false);
  });

  it('may yield values and promises in any order', async () => {
    const expansion = await expand(
      (function* (): Generator<Yielded> {
        yield 1;
        yield Promise.resolve(2);
        yield 3;
        yield Promise.resolve(skip);
        yield 4;
      })(),
    );
    assert.deepEqual(expansion.results, [1, 2, 3, 4]);
  });

  for (const later of [false, true]) {
    it(`is closed at stop, ${later ? 'behind a promise' : 'at once'}`, async () => {
      let closed = 0;
      const expansion = await expand(
        (function* (): Generator<Yielded> {
          try {
            yield later ? Promise.resolve(1) : 1;
            yield later ? Promise.resolve(stop) : stop;
            yield 2;
          } finally {
            closed++;
          }
        })(),
      );
      assert.deepEqual(expansion.results, [1]);
      assert.equal(expansion.stopped, true);
      assert.equal(closed, 1);
    });
  }

  it('is closed when a promise that it yields rejects', async () => {
    let closed = 0;
    const failure = new Error('of the promise');
    const reason = await catchReason(
      expand(
        (function* (): Generator<Yielded> {
          try {
            yield Promise.reject(failure);
          } finally {
            closed++;
          }
        })(),
      ),
    );
    assert.equal(reason, failure);
    assert.equal(closed, 1);
  });

  it('that is asynchronous is expanded and closed alike', async () => {
    let closed = 0;
    const expansion = await expand(
      (async function* (): AsyncGenerator<Yielded> {
        try {
          yield 1;
          yield skip;
          yield stop;
        } finally {
          closed++;
        }
      })(),
    );
    assert.deepEqual([expansion.results, expansion.stopped, closed], [[1], true, 1]);
  });
});
