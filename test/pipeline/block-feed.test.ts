import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Block, BlockReader } from '../../src/bytes/block.ts';
import type { Segment } from '../../src/flow/outcome/segment.ts';
import { BlockFeed } from '../../src/pipeline/cpu/blocks/block-feed.ts';
import { type FedBlock, makeEmptyBlock } from '../../src/pipeline/cpu/blocks/fed-block.ts';
import { census } from '../census.ts';

census();

const SIZE = 100_000;

/** Gives blocks of one size, and notes which sizes were asked for. */
class NotedReader implements BlockReader {
  readonly asked: number[] = [];
  readonly remaining: number | undefined;
  readonly position = { input: 0, offset: 0 };
  readonly canGoOn = false;

  constructor(remaining?: number) {
    this.remaining = remaining;
  }

  read(size: number): Promise<Block> {
    this.asked.push(size);
    const bytes = new Uint8Array(new SharedArrayBuffer(SIZE));
    return Promise.resolve({ ...makeEmptyBlock(undefined), bytes });
  }

  findSplit(): undefined {}

  release(): void {}

  async close(): Promise<void> {}
}

/** Returns the sizes that are asked for while each block takes `compute` ms, `delay` of them without a core. */
async function askFor(compute: number, delay: number): Promise<number[]> {
  const reader = new NotedReader();
  const feed = new BlockFeed(reader, 2, { isTracked: false, goesOn: false });
  for (let round = 0; round < 20; round++) {
    const block = feed.next();
    // oxlint-disable-next-line no-await-in-loop -- the feed reads on between two blocks.
    await new Promise((resolve) => setImmediate(resolve));
    if (typeof block !== 'object') continue;
    const payload = { decoded: SIZE, isCut: false, records: 1, delay };
    feed.settle(block as FedBlock, { payload, compute } as unknown as Segment);
    feed.takeSettled();
  }
  await feed.close();
  return reader.asked;
}

/** Returns the size of the first blocks of an input that has so many bytes. */
async function askFirst(remaining: number | undefined): Promise<number | undefined> {
  const reader = new NotedReader(remaining);
  const feed = new BlockFeed(reader, 2, { isTracked: false, goesOn: false });
  feed.next();
  await feed.close();
  return reader.asked[0];
}

describe('BlockFeed', () => {
  it('asks for a record at first, and for more of an input that is known to be long', async () => {
    const KB = 1024;
    for (const [remaining, first] of [
      [undefined, 1],
      [0, 1],
      [500, 1],
      [512 * KB, 512],
      [1024 * KB * KB, 16 * KB],
    ])
      // oxlint-disable-next-line no-await-in-loop -- one after the other is quick.
      assert.equal(await askFirst(remaining), first);
  });

  it('asks for blocks of the time that workers were at them', async () => {
    const asked = await askFor(200, 0);
    assert.equal(asked.at(-1), SIZE / 10);
  });

  it('asks for more than 1 MB only where that takes less than 10 ms', async () => {
    const MB = 1024 * 1024;
    for (const [compute, size] of [
      [SIZE / 50_000, 1_000_000],
      [SIZE / 90_000, MB],
      [SIZE / 150_000, 1_500_000],
      // A block has at most 16 times the bytes of the largest so far.
      [SIZE / 1_000_000, 16 * SIZE],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is quick.
      const asked = await askFor(compute, 0);
      assert.equal(Math.round((asked.at(-1) as number) / 10) * 10, Math.round(size / 10) * 10);
    }
  });

  it('counts no time for which a worker had no core', async () => {
    assert.deepEqual(await askFor(200, 180), await askFor(20, 0));
  });

  it('believes no delay that is longer than all of the time, or no number', async () => {
    const plain = await askFor(200, 0);
    assert.deepEqual(await askFor(200, 300), plain);
    assert.deepEqual(await askFor(200, Number.NaN), plain);
    assert.deepEqual(await askFor(200, -1), plain);
  });
});
