import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DeadLetter, pipeline } from 'telar';
import { census } from '../census.ts';
import { Latch } from '../harness/latch.ts';
import { usePool } from '../harness/pool.ts';

census();
const pool = usePool();

/** Waits on its worker until the test lets it go on. */
const waitFor = ({ cells, n }: { cells: Int32Array; n: number }): number => {
  Atomics.add(cells, 0, 1);
  Atomics.wait(cells, 1, 0);
  return n;
};

describe('what stands in front of the workers', () => {
  for (const stage of ['source', 'io'] as const) {
    it(`ends the run behind the items before its failure: ${stage}`, async () => {
      const latch = new Latch();
      const fail = (): never => {
        void latch.awaitArrivals(1).then(() => latch.open());
        throw new Error('no more');
      };
      function* items(): Generator<number> {
        yield 0;
        yield 1;
        if (stage === 'source') fail();
        yield 2;
      }
      const given: number[] = [];
      const running = pipeline(items())
        .io((n) => (n === 2 ? fail() : { n, cells: latch.cells }), { concurrency: 1 })
        .cpu(waitFor, { chunkSize: 1 })
        .cpu((n) => n * 10)
        .forEach((n) => given.push(n), { pool });
      await assert.rejects(running, /no more/);
      assert.deepEqual(given, [0, 10]);
    });
  }
});

describe('a result that cannot cross', () => {
  for (const chunkSize of [1, 3, 10]) {
    it(`ends the run behind what is before it, in chunks of ${chunkSize}`, async () => {
      const given: number[] = [];
      const running = pipeline([0, 1, 2, 3, 4, 5])
        .cpu((n) => (n === 3 ? () => n : n), { chunkSize })
        .forEach((n) => given.push(n as number), { pool });
      await assert.rejects(running, { name: 'CloneError', index: 3 });
      assert.deepEqual(given, [0, 1, 2]);
    });
  }
});

describe('the dead letter of a stage on the event loop', () => {
  it('is not written for an item whose tries an abort has cut off', async () => {
    const controller = new AbortController();
    const letters: DeadLetter[] = [];
    const running = pipeline([1])
      .io(
        () => {
          controller.abort('enough');
          throw new Error('not yet');
        },
        { retries: { retries: 1, delay: 1 } },
      )
      .onError((letter) => letters.push(letter))
      .toArray({ pool, signal: controller.signal });
    await assert.rejects(running, (reason) => reason === 'enough');
    assert.deepEqual(letters, []);
  });

  it('holds the item that a promise gave, and nothing where it gave none', async () => {
    const letters: DeadLetter[] = [];
    const items = [Promise.resolve(1), Promise.resolve(2), Promise.reject(new Error('none'))];
    const results = await pipeline(items)
      .io((n) => {
        if (n === 2) throw new Error('two');
        return n;
      })
      .onError((letter) => letters.push(letter))
      .toArray({ pool });
    assert.deepEqual(results, [1]);
    assert.deepEqual(
      letters.map(({ item, error }) => [item, error.message]),
      [
        [2, 'Item 1 (in io 1) failed: Error: two'],
        [undefined, 'Item 2 (in io 1) failed: Error: none'],
      ],
    );
  });
});
