import assert from 'node:assert/strict';
import { isGenerator } from '../../src/async/iterator-step.ts';
import { describe, it } from 'node:test';
import { skip, stop } from '../../src/wire/message/outcome.ts';
import { expandGenerator, type Expansion } from '../../workers/item/expand.ts';
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
    const own = { next: () => ({ done: true, value: undefined }), [Symbol.iterator]: () => own };
    const ownAsync = {
      next: async () => ({ done: true, value: undefined }),
      [Symbol.asyncIterator]: () => ownAsync,
    };
    for (const value of [own, ownAsync, new Set().values(), [].entries(), 'a'.matchAll(/a/g)])
      assert.equal(isGenerator(value), true);
    const other = { next() {}, [Symbol.iterator]: () => [].values() };
    const broken = {
      next() {},
      [Symbol.iterator]() {
        throw new Error('no');
      },
    };
    const others = [
      [],
      new Map(),
      'text',
      null,
      { next() {} },
      other,
      broken,
      function* () {},
      new Proxy(own, {}),
    ];
    for (const value of others) assert.equal(isGenerator(value), false);
  });
});

describe('an object with next that is its own iterator', () => {
  it('is expanded, and closed where it can be', async () => {
    const closed: unknown[] = [];
    let count = 0;
    const machine = Object.defineProperties(Object.create({}) as Generator<Yielded>, {
      next: { value: () => ({ done: false, value: count++ < 2 ? count : stop }) },
      return: { value: (value: unknown) => closed.push(value) },
      [Symbol.iterator]: {
        value(this: unknown) {
          return this;
        },
      },
    });
    assert.deepEqual((await expand(machine)).results, [1, 2]);
    assert.deepEqual(closed, [undefined]);
    const values = [1, stop, 3].values() as unknown as Generator<Yielded>;
    assert.deepEqual((await expand(values)).results, [1]);
    const later = [Promise.resolve(1), stop].values() as unknown as Generator<Yielded>;
    assert.deepEqual((await expand(later)).results, [1]);
  });

  it('is awaited if it is its own async iterator', async () => {
    let count = 0;
    const machine = {
      next: async () => ({ done: count === 2, value: count++ }),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    assert.deepEqual((await expand(machine as unknown as AsyncGenerator<Yielded>)).results, [0, 1]);
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
