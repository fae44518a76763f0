import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  parallelMap,
  parallelMapSettled,
  Pool,
  type PoolOptions,
  type RunSummary,
  transfer,
  WorkerError,
} from 'telar';
import { census } from '../census.ts';
import {
  countOpen,
  keepBuffer,
  keepObjects,
  keepOnce,
  litter,
  locate,
  type Place,
} from '../fixtures/tasks/wears.ts';
import { runOutOfMemory } from '../fixtures/tasks/exits.ts';
import { inFull, sample } from '../harness/long.ts';

census();

const MB = 1024 * 1024;
const list = (length: number): number[] => Array.from({ length }, (_, item) => item);

async function withPool<T>(options: PoolOptions, use: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = new Pool(options);
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

/** Counts the items that each worker ran; all must have come, in order, once. */
function countByWorker(places: readonly Place[], length: number): number[] {
  assert.deepEqual(
    places.map(({ item }) => item),
    list(length),
  );
  const counts = new Map<string, number>();
  for (const { pid, thread } of places) {
    const worker = `${pid}.${thread}`;
    counts.set(worker, (counts.get(worker) ?? 0) + 1);
  }
  return [...counts.values()];
}

for (const isolate of ['thread', 'process'] as const) {
  const options = isolate === 'thread' ? {} : inFull;
  describe(`a worker of its own (${isolate})`, options, () => {
    it('is replaced after its number of items, to the item where chunks have one', async () => {
      let summary: RunSummary | undefined;
      const counts = await withPool({ workers: 2, isolate, maxItemsPerWorker: 5 }, async (pool) => {
        const onSummary = (given: RunSummary): void => void (summary = given);
        return countByWorker(await parallelMap(list(23), locate, { pool, chunkSize: 1, onSummary }), 23);
      });
      assert.ok(counts.length >= 5 && counts.every((count) => count <= 5), String(counts));
      assert.equal(summary?.repeated, 0);
    });

    it('is replaced when buffers outside of its heap grow beyond its limit', async () => {
      const counts = await withPool({ workers: 1, isolate, maxMemoryPerWorker: 40 * MB }, async (pool) =>
        countByWorker(await parallelMap(list(18), keepBuffer, { pool, chunkSize: 1 }), 18),
      );
      assert.ok(counts.length >= 3 && counts.every((count) => count <= 8), String(counts));
    });
  });
}

describe('a worker that wears out', () => {
  it('is replaced when its objects grow beyond its limit', async () => {
    const counts = await withPool({ workers: 1, maxMemoryPerWorker: 40 * MB }, async (pool) =>
      countByWorker(await parallelMap(list(30), keepObjects, { pool, chunkSize: 1 }), 30),
    );
    // The last has what is left.
    assert.ok(counts.length >= 2 && counts.slice(0, -1).every((count) => count > 1), String(counts));
  });

  it('stays when what it has left is garbage', inFull, async () => {
    const counts = await withPool({ workers: 1, maxMemoryPerWorker: 40 * MB }, async (pool) =>
      countByWorker(await parallelMap(list(20), litter, { pool, chunkSize: 1 }), 20),
    );
    assert.deepEqual(counts, [20]);
  });

  it(
    'stays when it needs more from its first item on, since a new one would be as full',
    inFull,
    async () => {
      const counts = await withPool({ workers: 1, maxMemoryPerWorker: 40 * MB }, async (pool) =>
        countByWorker(await parallelMap(list(20), keepOnce, { pool, chunkSize: 1 }), 20),
      );
      assert.deepEqual(counts, [20]);
    },
  );

  it('is replaced over any number of calls', async () => {
    await withPool({ workers: 1, maxItemsPerWorker: 2 }, async (pool) => {
      const places: Place[] = [];
      // oxlint-disable-next-line no-await-in-loop -- one call after another.
      for (const item of list(9)) places.push(...(await parallelMap([item], locate, { pool })));
      const counts = countByWorker(places, 9);
      assert.ok(counts.length >= 3 && counts.every((count) => count <= 3), String(counts));
    });
  });

  it('loses nothing and repeats nothing, whatever the size of chunks', async () => {
    for (const chunkSize of sample([7], [undefined, 7, 100])) {
      let summary: RunSummary | undefined;
      const onSummary = (given: RunSummary): void => void (summary = given);
      // oxlint-disable-next-line no-await-in-loop -- one pool after another.
      await withPool({ workers: 2, maxItemsPerWorker: 50 }, async (pool) => {
        const places = await parallelMap(list(309), locate, { pool, chunkSize, onSummary });
        assert.ok(countByWorker(places, 309).length >= 2);
        assert.equal(summary?.repeated, 0);
        assert.equal(summary?.failed, 0);
      });
    }
  });

  it('hands over buffers to the end: what was transferred runs where it is', async () => {
    await withPool({ workers: 1, maxItemsPerWorker: 1 }, async (pool) => {
      const items = list(5).map((item) => transfer(new Uint8Array([item])));
      const results = await parallelMap(items, (bytes) => bytes[0], { pool, chunkSize: 1 });
      assert.deepEqual(results, list(5));
    });
  });

  it('closes what perWorker opened', async () => {
    const cells = new Int32Array(new SharedArrayBuffer(8));
    await withPool({ workers: 2, maxItemsPerWorker: 3 }, async (pool) => {
      const open = countOpen(cells);
      await parallelMap(list(20), () => open(), { pool, chunkSize: 1 });
    });
    assert.ok((cells[0] ?? 0) >= 6, `opened ${cells[0]}`);
    assert.equal(cells[1], cells[0]);
  });
});

describe('the memory of a pool', () => {
  it('limits the heap of each worker: the item that exhausts it fails, its neighbours do not', async () => {
    await withPool({ workers: 2, memory: 160 * MB }, async (pool) => {
      const outcomes = await parallelMapSettled([1, 2, -3, 4, 5, 6, 7], runOutOfMemory, { pool });
      outcomes.forEach((outcome, index) => {
        if (index !== 2) {
          assert.equal(outcome.status, 'fulfilled');
          return;
        }
        assert.ok(outcome.status === 'rejected' && outcome.reason instanceof WorkerError);
        assert.equal(outcome.reason.reason, 'out-of-memory');
        assert.equal(outcome.reason.index, 2);
      });
    });
  });

  it('starts no more workers than it carries', async () => {
    await withPool({ workers: 8, memory: 130 * MB }, async (pool) => {
      assert.equal(pool.workers, 2);
      const counts = countByWorker(await parallelMap(list(40), locate, { pool, chunkSize: 1 }), 40);
      assert.ok(counts.length <= 2);
    });
  });
});
