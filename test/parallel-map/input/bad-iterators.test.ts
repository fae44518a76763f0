import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { lines, ndjson } from 'telar/files';
import { parallelMap, parallelMapIterable, parallelMapSettled, pipeline, spawn } from 'telar';
import { census } from '../../census.ts';
import { makeBroken, Streamer } from '../../fixtures/bad-iterators.ts';
import { collect } from '../../harness/collect.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();

const notObjects: readonly unknown[] = [5, undefined, null];
const expected = { name: 'TypeError', message: /next\(\) of an iterator .* got / };

function* give(): Generator<number> {
  yield 1;
}

/** Iterables whose next() gives an item or two, and then what is no object. */
function makeInputs(step: unknown): Record<string, AsyncIterable<number> | Iterable<number>> {
  let given = 0;
  const next = (): never => (given++ < 2 ? { done: false, value: 1 } : step) as never;
  const overridden = give();
  overridden.next = next;
  return {
    synchronous: { [Symbol.iterator]: () => ({ next }) },
    asynchronous: { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(next()) }) },
    'asynchronous without a promise': { [Symbol.asyncIterator]: () => ({ next }) },
    'a generator with a next of its own': overridden,
  };
}

describe('an iterator whose next() gives no object', () => {
  for (const step of notObjects) {
    for (const kind of Object.keys(makeInputs(step))) {
      it(`is a TypeError in every call: ${kind}, ${String(step)}`, async () => {
        const make = (): Iterable<number> => makeInputs(step)[kind] as Iterable<number>;
        const echo = (n: number): number => n;
        await assert.rejects(parallelMap(make(), echo, { pool }), expected);
        await assert.rejects(parallelMapSettled(make(), echo, { pool }), expected);
        await assert.rejects(collect(parallelMapIterable(make(), echo, { pool })), expected);
        await assert.rejects(pipeline(make()).cpu(echo).toArray({ pool }), expected);
        await assert.rejects(
          pipeline(make())
            .io((n) => setImmediate(n))
            .toArray(),
          expected,
        );
        await assert.rejects(pipeline(make()).batch(2).toArray(), expected);
      });
    }
  }

  it('is one in a source of bytes, compressed or not', async () => {
    for (const compression of ['none', 'auto', 'gzip'] as const) {
      const bytes = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(7 as never) }) };
      await assert.rejects(pipeline(lines(bytes, { compression })).toArray({ pool }), expected);
      await assert.rejects(pipeline(ndjson(bytes, { compression })).toArray({ pool }), expected);
    }
  });

  it('is an error of its item where it is a result', async () => {
    const outcomes = await parallelMapSettled([1, 2, 3], makeBroken, { pool });
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.match(String(outcomes[1]?.status === 'rejected' && outcomes[1].reason), /TypeError: .*next\(\)/);
    await assert.rejects(
      pipeline([2]).flatMap(makeBroken).toArray({ pool }),
      /TypeError: .*(next\(\)|Iterator result)/,
    );
  });

  it('is an error of the reader where it belongs to a spawned object, and of the object where it was lent', async () => {
    await using streamer = await spawn(Streamer);
    await assert.rejects(collect(streamer.stream()), expected);
    const lent = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(7 as never) }) };
    await assert.rejects(streamer.read(lent), expected);
  });

  it('is one where there is no iterator at all', async () => {
    const input = { [Symbol.iterator]: () => 7 as never };
    await assert.rejects(
      parallelMap(input, (n) => n, { pool }),
      { name: 'TypeError', message: /to give an iterator, got the number 7/ },
    );
  });
});

describe('an iterator whose `done` is true to JavaScript only', () => {
  const echo = (n: number): number => n;
  const steps = (): { next(): IteratorResult<number> } => {
    let given = 0;
    return { next: () => ({ done: (given++ < 3 ? 0 : 1) as never, value: given }) };
  };
  const synchronous = { [Symbol.iterator]: steps };
  const asynchronous = {
    [Symbol.asyncIterator]: () => {
      const iterator = steps();
      return { next: () => Promise.resolve(iterator.next()) };
    },
  };

  it('ends a call and a pipeline, as it ends a loop', async () => {
    for (const input of [synchronous, asynchronous] as Iterable<number>[]) {
      assert.deepEqual(await parallelMap(input, echo, { pool }), [1, 2, 3]);
      assert.deepEqual(await collect(parallelMapIterable(input, echo, { pool })), [1, 2, 3]);
      assert.deepEqual(await pipeline(input).cpu(echo).toArray({ pool }), [1, 2, 3]);
      assert.deepEqual(await pipeline(input).io(echo).toArray(), [1, 2, 3]);
      assert.deepEqual(await pipeline(input).batch(2).toArray(), [[1, 2], [3]]);
    }
  });

  it('ends the results of a task', async () => {
    const task = (n: number): Generator<number> => {
      let given = 0;
      const next = (): unknown => ({ done: given++ < n ? '' : 'yes', value: given });
      return {
        next,
        [Symbol.iterator]() {
          return this;
        },
      } as unknown as Generator<number>;
    };
    assert.deepEqual(await parallelMap([1, 2], task, { pool }), [1, 1, 2]);
    assert.deepEqual(await pipeline([1, 2]).flatMap(task).toArray({ pool }), [1, 1, 2]);
  });

  it('ends bytes, and what a spawned object is lent', async () => {
    for (const compression of ['none', 'auto'] as const) {
      const bytes = {
        [Symbol.asyncIterator]: () => {
          let given = 0;
          return { next: async () => ({ done: (given++ < 2 ? 0 : 1) as never, value: 'line\n' }) };
        },
      };
      assert.deepEqual(await pipeline(lines(bytes, { compression })).toArray({ pool }), ['line', 'line']);
    }
    await using streamer = await spawn(Streamer);
    assert.equal(await streamer.read(asynchronous), 3);
  });
});
