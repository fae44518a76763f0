import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gather, parallelMap, pipeline, spawn, TaskError } from 'telar';
import { census } from '../census.ts';
import { catchReason } from '../harness/collect.ts';
import { Latch } from '../harness/latch.ts';
import { oddSizes } from '../harness/numbers.ts';
import { usePool } from '../harness/pool.ts';

const pool = usePool();
census();

class Scorer {
  #calls = 0;

  score(value: number): number {
    this.#calls++;
    return value * 2;
  }

  calls(): number {
    return this.#calls;
  }

  isEven(value: number): boolean {
    return value % 2 === 0;
  }

  *repeat(value: number): Generator<number> {
    yield value;
    yield value;
  }

  pair(value: number): number[] {
    return [value, -value];
  }

  failOn(value: number): number {
    if (value === 3) throw new RangeError('not three');
    return value;
  }

  wait(cells: Int32Array<SharedArrayBuffer>): number {
    Atomics.add(cells, 0, 1);
    Atomics.wait(cells, 1, 0);
    return 1;
  }
}

const plus = (value: number): number => value + 1;

describe('a method of a spawned object as a stage', () => {
  test('gives what the loop gives, in order, between stages on the workers', async () => {
    await using scorer = await spawn(Scorer);
    for (const size of oddSizes) {
      const items = Array.from({ length: size }, (_, at) => at);
      const results = await pipeline(items).cpu(plus).cpu(scorer.score).cpu(plus).toArray({ pool });
      assert.deepEqual(
        results,
        items.map((item) => (item + 1) * 2 + 1),
      );
    }
  });

  test('works in filter and flatMap, and expands a generator', async () => {
    await using scorer = await spawn(Scorer, [], { instances: 2 });
    assert.deepEqual(await pipeline([1, 2, 3, 4]).filter(scorer.isEven).toArray({ pool }), [2, 4]);
    assert.deepEqual(await pipeline([1, 2]).flatMap(scorer.pair).toArray({ pool }), [1, -1, 2, -2]);
    assert.deepEqual(await pipeline([1, 2]).cpu(scorer.repeat).toArray({ pool }), [1, 1, 2, 2]);
  });

  test('keeps every instance of a group at work', async () => {
    const latches = [new Latch(), new Latch(), new Latch()];
    await using group = await spawn(Scorer, [], { instances: 3 });
    const running = pipeline(latches.map(({ cells }) => cells))
      .cpu(group.wait)
      .count({ pool });
    for (const latch of latches) await latch.awaitArrivals(1);
    for (const latch of latches) latch.open();
    assert.equal(await running, 3);
  });

  test('calls one object as often at once as it is told', async () => {
    let running = 0;
    let most = 0;
    await using object = await spawn(
      (enter: (by: number) => unknown) => ({
        async run(value: number): Promise<number> {
          await enter(1);
          await new Promise((resolve) => setImmediate(resolve));
          await enter(-1);
          return value;
        },
      }),
      [
        (by: number) => {
          running += by;
          most = Math.max(most, running);
        },
      ],
    );
    const items = Array.from({ length: 40 }, (_, at) => at);
    await pipeline(items).cpu(object.run).run({ pool });
    assert.equal(most, 1);
    most = 0;
    await pipeline(items).cpu(object.run, { concurrency: 4 }).run({ pool });
    assert.ok(most > 1 && most <= 4, String(most));
  });

  test('fails with the item and the method, and can be tried again', async () => {
    await using scorer = await spawn(Scorer);
    const error = await catchReason(pipeline([1, 2, 3]).cpu(scorer.failOn).toArray({ pool }));
    assert.ok(error instanceof TaskError);
    assert.equal(error.index, 2);
    assert.equal(error.stage, 'failOn');
    assert.ok(error.cause instanceof RangeError);
    const again = await catchReason(pipeline([3]).cpu(scorer.failOn, { retries: 2 }).toArray({ pool }));
    assert.equal((again as TaskError).attempts, 3);
  });

  test('refuses options that are for the other kind of stage', async () => {
    await using scorer = await spawn(Scorer);
    assert.throws(
      () => pipeline([1]).cpu(scorer.score, { chunkSize: 1 }),
      /takes items one by one: `chunkSize`/,
    );
    assert.throws(
      () => pipeline([1]).cpu(plus, { concurrency: 2 }),
      /`concurrency`.*methods of spawned objects/,
    );
  });
});

describe('a method of a spawned object elsewhere', () => {
  test('is refused by parallelMap, which says what takes it', async () => {
    await using scorer = await spawn(Scorer);
    await assert.rejects(
      parallelMap([1], scorer.score, { pool }),
      /`score` is a method of a spawned object.*pipeline\(…\)\.cpu\(\)/,
    );
  });

  test('is called by io and gather as any other function', async () => {
    await using scorer = await spawn(Scorer);
    const score = (value: number): Promise<number> => scorer.score(value);
    assert.deepEqual(await pipeline([1, 2]).io(score).toArray({ pool }), [2, 4]);
    assert.deepEqual(await gather([() => scorer.score(1), () => scorer.calls()]), [2, 3]);
  });
});
