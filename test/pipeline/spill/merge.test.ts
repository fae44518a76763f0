import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GroupMerge, type KeyedMerge } from '../../../src/pipeline/flows/keyed-merge.ts';
import type { StageMerge } from '../../../src/pipeline/flows/merge.ts';
import { SpillStore } from '../../../src/pipeline/spill/spill-store.ts';
import { SpillingMerge } from '../../../src/pipeline/spill/spilling-merge.ts';
import type { Keyed } from '../../../src/wire/keys/keyed.ts';
import { packValues } from '../../../src/wire/pack/pack.ts';
import { ChunkKeys } from '../../../workers/chain/collect/chunk-keys.ts';
import { census } from '../../census.ts';
import { makeFolder, removeFolder } from '../../harness/folder.ts';
import { sample } from '../../harness/long.ts';
import { assertProperty } from '../../harness/random.ts';

census();

const SEED = 77;
const fold = (left: unknown, right: unknown): unknown => [...(left as number[]), ...(right as number[])];

/** Folds the items of a chunk, which are numbered, into a list of numbers for each key. */
function foldChunk(keys: readonly unknown[], first: number): Keyed {
  const chunk = new ChunkKeys(SEED);
  const texts: number[][] = [];
  const others: number[][] = [];
  for (const [at, key] of keys.entries()) {
    const number = chunk.add(key);
    const lists = number < 0 ? others : texts;
    (lists[number < 0 ? ~number : number] ??= []).push(first + at);
  }
  return { ...chunk.copy(), values: packValues([...texts, ...others], new Set()) };
}

async function mergeAll(merge: StageMerge | SpillingMerge, chunks: readonly unknown[][]): Promise<unknown[]> {
  const results: unknown[] = [];
  let first = 0;
  for (const keys of chunks) {
    results.push(...Array.from(await merge.add(foldChunk(keys, first))));
    first += keys.length;
  }
  for await (const page of merge.rest()) results.push(...Array.from(page));
  return results;
}

describe('a merge that goes to files', () => {
  it('gives what one in memory gives, in the same order, however often it writes and divides', async () => {
    const folder = await makeFolder('spill-merge');
    const key = fc.oneof(
      fc.constantFrom<unknown>('', 'ü', '\ud83e', '\uddf5', '\ufffd', '1', 'n1', -0, Number.NaN, Infinity),
      fc.constantFrom<unknown>(1n, true, false, 'true', null, undefined, 'undefined', 0.1, 1e300, 'i1'),
      fc.integer({ min: 0, max: 400 }).map((n) => `key ${n}`),
      fc.integer({ min: 0, max: 400 }),
    );
    const property = fc.asyncProperty(
      fc.array(fc.array(key, { maxLength: 60 }), { maxLength: 12 }),
      fc.constantFrom(0, 50_000, 130_000, 200_000),
      async (chunks, memory) => {
        const expected = await mergeAll(new GroupMerge(fold), chunks);
        const store = await SpillStore.open(folder);
        const plan = { store, memory, blockBytes: 300, hasValues: true, hasKeys: true, merge: fold };
        const first: KeyedMerge = new GroupMerge(fold);
        const give = (key: unknown, value: unknown): unknown => [key, value];
        const spilled = await mergeAll(new SpillingMerge({ ...plan, first, give }), chunks);
        await store.close();
        assert.deepEqual(spilled, expected);
      },
    );
    await assertProperty(property, { seed: 12, numRuns: sample(6, 300) });
    await removeFolder(folder);
  });
});
