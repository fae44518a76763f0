import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { AsciiRuns } from '../../../src/bytes/decode/text/ascii-runs.ts';
import { census } from '../../census.ts';
import { assertProperty } from '../../harness/random.ts';
import { sample } from '../../harness/long.ts';

census();

describe('AsciiRuns', () => {
  it('finds the byte that a plain loop finds, wherever the bytes stand in memory', async () => {
    const property = fc.asyncProperty(
      fc.nat(120),
      fc.nat(9),
      fc.array(fc.tuple(fc.nat(120), fc.integer({ min: 120, max: 255 })), { maxLength: 3 }),
      fc.nat(120),
      fc.nat(120),
      async (length, offset, beyond, one, other) => {
        const bytes = Buffer.from(new SharedArrayBuffer(offset + length + 3), offset, length);
        bytes.fill(127);
        for (const [at, byte] of beyond) if (at < length) bytes[at] = byte;
        // What stands around the bytes is none of theirs.
        new Uint8Array(bytes.buffer, 0, offset).fill(200);
        new Uint8Array(bytes.buffer, offset + length).fill(200);
        const [from, to] = [Math.min(one, other, length), Math.min(Math.max(one, other), length)];
        const found = bytes.subarray(from, to).findIndex((byte) => byte > 127);
        assert.equal(new AsciiRuns(bytes).findEnd(from, to), found < 0 ? to : from + found);
      },
    );
    await assertProperty(property, { numRuns: sample(2000, 100_000), seed: 8260 });
  });
});
