import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packElements, packValues, unpackValues } from '../../src/wire/pack/pack.ts';
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

describe('packElements', () => {
  it('copies a part of an array, so that the rest stays', () => {
    const source = Uint16Array.from([1, 2, 3, 4]);
    const transfers: Transferred = new Set();
    const packed = packElements(source, 1, 3, transfers);
    const sent = structuredClone(packed, { transfer: [...transfers] as ArrayBuffer[] });
    assert.deepEqual(unpackValues(sent), Uint16Array.from([2, 3]));
    assert.equal(source.length, 4);
  });

  it('copies a part of a Buffer, not the pool behind it', () => {
    const packed = packElements(Buffer.from('weave'), 0, 5, new Set());
    assert.ok(packed.kind === 'elements');
    assert.equal(packed.elements.buffer.byteLength, 5);
  });

  it('shares what is shared', () => {
    const source = new Int32Array(new SharedArrayBuffer(16));
    const transfers: Transferred = new Set();
    const packed = packElements(source, 1, 3, transfers);
    assert.equal(transfers.size, 0);
    assert.ok(packed.kind === 'elements' && packed.elements.buffer === source.buffer);
  });
});
