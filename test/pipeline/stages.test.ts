import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PipelineSummary, pipeline, type Progress, skip, stop } from 'telar';
import { census } from '../census.ts';
import { addOneLater, countCall, countdown, skipOdd, stopAtFifty } from '../fixtures/tasks/stages.ts';
import { oddSizes } from '../harness/numbers.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();
const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('a pipeline', () => {
  for (const size of oddSizes) {
    it(`gives what loops give for ${size} items, in order`, async () => {
      const results = await pipeline(range(size))
        .io(async (n) => (await sleep(n % 3), n))
        .cpu((n) => n * 3)
        .filter((n) => n % 2 === 0)
        .flatMap((n) => [n, -n])
        .cpu(addOneLater)
        .io((n) => n, { concurrency: 3 })
        .toArray({ pool });
      const expected = range(size)
        .map((n) => n * 3)
        .filter((n) => n % 2 === 0)
        .flatMap((n) => [n + 1, -n + 1]);
      assert.deepEqual(results, expected);
    });
  }

  it('takes of an array what its iterator gives, without skip and up to stop', async () => {
    class Sevens extends Array<number> {
      override *[Symbol.iterator](): ArrayIterator<number> {
        yield 7;
      }
    }
    const results = await pipeline(range(7))
      .flatMap((n) => {
        if (n === 1) return [1, skip, 2];
        if (n === 2) return Array.from({ length: 3000 }, (_, at) => at);
        if (n === 3) return Sevens.of(3, 4);
        return n === 4 ? [5, stop, 6] : [];
      })
      .toArray({ pool });
    assert.deepEqual(results, [1, 2, ...range(3000), 7, 5]);
  });

  it('takes any source, awaits items that are promises, and runs anew at each end', async () => {
    const numbers = pipeline([1, Promise.resolve(2), 3]).cpu((n) => n * 2);
    assert.deepEqual(await numbers.toArray({ pool }), [2, 4, 6]);
    assert.equal(await numbers.count({ pool }), 3);
    async function* later(): AsyncGenerator<number> {
      for (const n of [1, 2]) yield (await sleep(1), n);
    }
    assert.deepEqual(await pipeline(later()).batch(5).toArray({ pool }), [[1, 2]]);
    assert.deepEqual(
      await pipeline(new Set([1, 2]))
        .io((n) => n)
        .toArray({ pool }),
      [1, 2],
    );
    assert.deepEqual(
      await pipeline(Float64Array.of(1.5, 2.5))
        .cpu((n) => n * 2)
        .toArray({ pool }),
      [3, 5],
    );
  });

  it('fuses neighbouring stages: an item makes one trip, whatever it is made into', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(8));
    const items = range(1000).map((n) => ({ n, cells }));
    const summary = await pipeline(items).cpu(countCall).cpu(countCall).cpu(countCall).run({ pool });
    assert.equal(cells[0], 3000);
    assert.deepEqual(
      summary.stages.filter(({ name }) => name === 'countCall').map(({ items: entered }) => entered),
      [1000, 1000, 1000],
    );
    // A function of no clonable kind may pass between fused stages.
    const calls = pipeline([1, 2])
      .cpu((n) => () => n)
      .cpu((fn) => fn());
    assert.deepEqual(await calls.toArray({ pool }), [1, 2]);
  });

  it('expands generators, leaves out skip, and ends at stop, on both sides', async () => {
    assert.deepEqual(await pipeline([2, 0, 3]).cpu(countdown).cpu(skipOdd).toArray({ pool }), [2, 2]);
    const many = range(1000);
    assert.deepEqual(await pipeline(many).cpu(stopAtFifty).toArray({ pool }), range(50));
    assert.deepEqual(
      await pipeline(many)
        .io((n) => (n === 50 ? stop : n))
        .toArray({ pool }),
      range(50),
    );
    async function* twice(n: number): AsyncGenerator<number> {
      yield n;
      yield (await sleep(1), n);
    }
    assert.deepEqual(await pipeline([1, 2]).io(twice).toArray({ pool }), [1, 1, 2, 2]);
    const summary = await pipeline([1, 2, 3])
      .io((n) => (n === 2 ? skip : n))
      .cpu(skipOdd)
      .run({ pool });
    assert.equal(summary.skipped, 3);
  });

  it('is read one by one, and closes its source when the reader leaves', async () => {
    let hasClosed = false;
    function* endless(): Generator<number> {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        hasClosed = true;
      }
    }
    const seen: number[] = [];
    for await (const n of pipeline(endless())
      .io((n) => n)
      .cpu((n) => n + 1)
      .iterate({ pool })) {
      seen.push(n);
      if (seen.length === 5) break;
    }
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
    assert.ok(hasClosed);
  });

  it('pulls no more from its source than the stages and the reader have room for', async () => {
    let pulled = 0;
    function* source(): Generator<number> {
      for (; pulled < 100_000; pulled++) yield pulled;
    }
    for await (const n of pipeline(source())
      .io((n) => n, { concurrency: 4 })
      .cpu((n) => n)
      .iterate({ pool })) {
      if (n === 0) await sleep(30);
      else break;
    }
    assert.ok(pulled < 1000, `pulled ${pulled}`);
  });

  it('shows items to tap in order, and each result to forEach, one after the other', async () => {
    const tapped: number[] = [];
    const seen: number[] = [];
    await pipeline(range(100))
      .cpu((n) => n)
      .tap(async (n) => (await sleep(0), tapped.push(n)))
      .forEach(async (n) => (await sleep(0), seen.push(n)), { pool });
    assert.deepEqual(tapped, range(100));
    assert.deepEqual(seen, range(100));
  });
});

describe('the options of a run', () => {
  it('tell of its progress and its end, and are checked', async () => {
    const seen: Progress[] = [];
    let summary: PipelineSummary | undefined;
    const options = { pool, onProgress: (progress: Progress) => seen.push(progress) };
    const returned = await pipeline(range(500))
      .cpu((n) => n)
      .run({ ...options, onSummary: (told) => (summary = told) });
    assert.deepEqual(returned, summary);
    assert.deepEqual([returned.items, returned.workers, returned.failed], [500, 2, 0]);
    const last = seen.at(-1);
    assert.deepEqual([last?.done, last?.total], [500, 500]);
    await assert.rejects(pipeline([1]).run({ pool, workers: 2 }), /`pool` or `workers`, got both/);
  });
});

describe('batch', () => {
  it('groups by size; the last may be smaller', async () => {
    assert.deepEqual(
      await pipeline(range(7))
        .cpu((n) => n)
        .batch(3)
        .toArray({ pool }),
      [[0, 1, 2], [3, 4, 5], [6]],
    );
  });

  it('gives what it has after maxWait', async () => {
    async function* slow(): AsyncGenerator<number> {
      yield 1;
      yield 2;
      await sleep(200);
      yield 3;
    }
    const batches = await pipeline(slow()).batch({ size: 10, maxWait: 20 }).toArray({ pool });
    assert.deepEqual(batches, [[1, 2], [3]]);
  });
});

describe('io', () => {
  it('keeps up to `concurrency` calls pending, in order unless it is told otherwise', async () => {
    let running = 0;
    let most = 0;
    const call = async (n: number): Promise<number> => {
      most = Math.max(most, ++running);
      await sleep(n === 0 ? 30 : 1);
      running--;
      return n;
    };
    assert.deepEqual(await pipeline(range(40)).io(call, { concurrency: 5 }).toArray({ pool }), range(40));
    assert.equal(most, 5);
    const unordered = await pipeline(range(40))
      .io(call, { concurrency: 5, ordered: false })
      .toArray({ pool });
    assert.notEqual(unordered[0], 0);
    assert.deepEqual(
      unordered.toSorted((a, b) => a - b),
      range(40),
    );
  });

  it('begins no more calls than `rate` allows in any stretch of time', async () => {
    const began = performance.now();
    let last = began;
    await pipeline(range(12))
      .io(() => (last = performance.now()), { rate: { limit: 4, interval: 60 } })
      .run({ pool });
    // The last four begin two stretches behind the first four; a busy machine makes that more, never less.
    assert.ok(last - began >= 119, `${last - began} ms`);
  });

  it('does not wait for workers: calls go on while they are busy', async () => {
    const gate = new Int32Array(new SharedArrayBuffer(4));
    let begun = 0;
    const results = pipeline(range(40))
      .io((n) => {
        begun++;
        return n;
      })
      .cpu((n) => {
        Atomics.wait(gate, 0, 0);
        return n;
      })
      .toArray({ pool });
    while (begun < 20) await sleep(1);
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    assert.deepEqual(await results, range(40));
  });
});
