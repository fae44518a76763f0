import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packElements, packValues } from '../../src/wire/pack/pack.ts';
import { census } from '../census.ts';

census();

type Transferred = Parameters<typeof packValues>[1];

describe('buffers of packed values', () => {
  const count = (pack: (transfers: Transferred) => unknown): number => {
    const transfers: Transferred = new Set();
    pack(transfers);
    return transfers.size;
  };

  for (const [title, length, expected] of [
    ['stay where they are while they are small, so that tasks loop over typed arrays at full speed', 8191, 0],
    ['are handed over when they are large', 8192, 1],
  ] as const) {
    it(title, () => {
      const numbers = Array.from({ length }, (_, at) => at);
      assert.equal(
        count((transfers) => packValues(numbers, transfers)),
        expected,
      );
      assert.equal(
        count((transfers) =>
          packValues(
            numbers.map((a) => ({ a })),
            transfers,
          ),
        ),
        expected,
      );
      assert.equal(
        count((transfers) => packElements(Float64Array.from(numbers), 0, length, transfers)),
        expected,
      );
    });
  }
});
