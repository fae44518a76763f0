import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parallelMapIterable, readJournal, stop } from 'telar';
import { census } from '../../census.ts';
import { throwIfNegative } from '../../fixtures/tasks/throws.ts';
import { catchReason, collect } from '../../harness/collect.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { usePool } from '../../harness/pool.ts';

census();
const pool = usePool();
const COUNT = 400;
const numbers = Array.from({ length: COUNT }, (_, number) => number);
const double = (n: number): number => n * 2;
let folder: string;
before(async () => {
  folder = await makeFolder('leaving');
});
after(() => removeFolder(folder));

/** Reads so many results, lets the others come, and leaves. */
async function readSome(results: AsyncIterable<unknown>, count: number): Promise<number> {
  let read = 0;
  for await (const _ of results) {
    if (++read < count) continue;
    await sleep(20);
    break;
  }
  return read;
}

describe('a reader who leaves', () => {
  for (const ordered of [true, false]) {
    for (const bad of [3, 5, 20]) {
      it(`is not told of the failure of item ${bad}, to which it has not come (ordered: ${ordered})`, async () => {
        const items = Array.from({ length: 40 }, (_, at) => (at === bad ? -1 : at));
        for (let round = 0; round < 4; round++) {
          const results = parallelMapIterable(items, throwIfNegative, { pool, chunkSize: 1, ordered });
          // Without an order the failure may come first.
          const reading = readSome(results, 2).catch((error: Error) => assert.ok(!ordered, error));
          // oxlint-disable-next-line no-await-in-loop
          await reading;
        }
      });
    }
  }

  it('is not told that the source has failed behind what was read, or that a signal has fired', async () => {
    const controller = new AbortController();
    const source = (function* () {
      yield* [1, 2, 3];
      throw new Error('of the source');
    })();
    assert.equal(await readSome(parallelMapIterable(source, double, { pool, chunkSize: 1 }), 2), 2);
    const results = parallelMapIterable(numbers, double, { pool, signal: controller.signal });
    for await (const _ of results) {
      controller.abort();
      await sleep(20);
      break;
    }
  });

  it('is told what cannot be closed, and keeps an error of its own', async () => {
    const positive: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return: () => {
          throw new Error('cannot be closed');
        },
      }),
    };
    await assert.rejects(readSome(parallelMapIterable(positive, double, { pool }), 1), /cannot be closed/);
    const own = new Error('of the reader');
    const reason = await catchReason(
      (async () => {
        for await (const _ of parallelMapIterable(positive, double, { pool })) throw own;
      })(),
    );
    assert.equal(reason, own);
  });
});

const inputs: Record<string, () => Iterable<number> | AsyncIterable<number>> = {
  'an array': () => numbers,
  'a typed array': () => Float64Array.from(numbers),
  'a generator': function* () {
    yield* numbers;
  },
  'an asynchronous generator': async function* () {
    yield* numbers;
  },
  'a stream': () => Readable.from(numbers),
  promises: () => numbers.map((n) => Promise.resolve(n)) as unknown as Iterable<number>,
};

const exits: Record<string, (results: AsyncIterable<number>) => Promise<void>> = {
  break: async (results) => void (await readSome(results, 1)),
  throw: async (results) => {
    await (async () => {
      for await (const _ of results) {
        await sleep(20);
        throw new Error('of the reader');
      }
    })().catch(() => {});
  },
  return: async (results) => {
    const reader = results[Symbol.asyncIterator]();
    await Promise.all([reader.next(), reader.next()]);
    await reader.return?.();
  },
};

describe('a journal of a run whose reader has left', () => {
  for (const [input, open] of Object.entries(inputs)) {
    for (const [how, leave] of Object.entries(exits)) {
      it(`is not complete, and the next run does what is left: ${input}, ${how}`, async () => {
        const journal = join(folder, `${input} ${how}`);
        await leave(parallelMapIterable(open(), double, { pool, journal }));
        const { isComplete, total } = await readJournal(journal);
        assert.deepEqual([isComplete, total], [false, undefined]);
        const results = await collect(parallelMapIterable(open(), double, { pool, journal }));
        assert.deepEqual(results, numbers.map(double));
        const whole = await readJournal(journal);
        assert.deepEqual([whole.isComplete, whole.total, whole.done], [true, COUNT, COUNT]);
        await rm(journal);
      });
    }
  }

  it('is complete where all was done before, also when the last results were not read', async () => {
    const journal = join(folder, 'all');
    const few = [1, 2, 3];
    await readSome(parallelMapIterable(few, double, { pool, journal }), 3);
    assert.equal((await readJournal(journal)).isComplete, true);
  });

  it('is complete where an item said stop, and may be followed by more', async () => {
    const journal = join(folder, 'stop');
    const until = (n: number): number | typeof stop => (n === 7 ? stop : n);
    for (let run = 0; run < 2; run++) {
      // oxlint-disable-next-line no-await-in-loop
      const results = await collect(parallelMapIterable(numbers, until, { pool, journal, chunkSize: 1 }));
      assert.deepEqual(results, numbers.slice(0, 7));
      // oxlint-disable-next-line no-await-in-loop
      const { isComplete, total } = await readJournal(journal);
      assert.deepEqual([isComplete, total], [true, undefined]);
    }
  });
});
