import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { createOwnMemory } from '../../../src/shared/memory/own-memory.ts';
import { FrameDecoder } from '../../../src/wire/frames/decoder.ts';
import { assertFrameable, encodeFrame, decodeBody, HEAD } from '../../../src/wire/frames/frame.ts';
import { census } from '../../census.ts';
import { sample } from '../../harness/long.ts';
import { assertProperty } from '../../harness/random.ts';

census();

function cross(value: unknown): unknown {
  return decodeBody(encodeFrame(value).subarray(HEAD));
}

const anything = fc.anything({
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withDate: true,
  withBigInt: true,
  withSparseArray: true,
});

describe('a frame', () => {
  it('carries whatever structured clone carries, and gives the same', () => {
    assertProperty(
      fc.property(anything, (value) => {
        let clone: unknown;
        try {
          clone = structuredClone(value);
        } catch {
          assert.throws(() => assertFrameable(value));
          return;
        }
        // Node takes no copy of an invalid date in a set for its equal.
        if (!isDeepStrictEqual(structuredClone(value), clone)) return;
        assert.deepStrictEqual(cross(value), clone);
      }),
      { numRuns: sample(500, 5000), seed: 11 },
    );
  });

  it('comes whole, however the stream is cut', () => {
    assertProperty(
      fc.property(
        fc.array(anything.filter(isCloneable), { maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        (values, sizes) => {
          const stream = Buffer.concat(values.map((value) => encodeFrame(value)));
          const got: unknown[] = [];
          const decoder = new FrameDecoder((body) => got.push(decodeBody(body)));
          for (let from = 0; from < stream.length;) {
            const size = sizes.next().value as number;
            decoder.push(stream.subarray(from, from + size));
            from += size;
          }
          assert.deepStrictEqual(got, structuredClone(values));
        },
      ),
      { numRuns: sample(200, 2000), seed: 12 },
    );
  });

  it('keeps several views on one memory, and the memory itself, together', () => {
    const memory = new ArrayBuffer(64);
    const value = { memory, bytes: new Uint8Array(memory, 8, 4), numbers: new Float64Array(memory, 16) };
    const copy = cross(value) as typeof value;
    copy.numbers[0] = 1.5;
    assert.equal(copy.bytes.buffer, copy.memory);
    assert.equal(copy.numbers.buffer, copy.memory);
    assert.equal(new DataView(copy.memory).getFloat64(16, true), 1.5);
    assert.equal(copy.bytes.byteOffset, 8);
    assert.equal(copy.bytes.length, 4);
  });

  it('gives a plain Uint8Array for a Buffer, as a thread does', () => {
    const copy = cross({ bytes: Buffer.from('text') }) as { bytes: Uint8Array };
    assert.equal(Object.getPrototypeOf(copy.bytes), Uint8Array.prototype);
    assert.deepEqual(Array.from(copy.bytes), [116, 101, 120, 116]);
  });

  it('carries memory that Telar shared for itself: what the view shows of it', () => {
    const block = new Uint8Array(createOwnMemory(1 << 20)).subarray(10, 14);
    block.set([1, 2, 3, 4]);
    assert.ok(encodeFrame({ block }).length < 100);
    assert.deepEqual(cross({ block }), { block: new Uint8Array([1, 2, 3, 4]) });
  });

  it('refuses what a process cannot have, and says what it is', () => {
    const refused = [
      [new SharedArrayBuffer(8), /shared memory cannot be sent to a process: copy it, or run on threads/],
      [[new Int32Array(new SharedArrayBuffer(8))], /shared memory cannot be sent/],
      [new Blob(['text']), /a Blob cannot be sent to a process/],
      [new Map([['key', { inner: new Blob(['text']) }]]), /a Blob cannot be sent to a process/],
      [{ task: (): void => {} }, /could not be cloned/],
    ] as const;
    for (const [value, message] of refused) {
      assert.throws(() => encodeFrame(value), { name: 'DataCloneError', message });
    }
  });
});

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
