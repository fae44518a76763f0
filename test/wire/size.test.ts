import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { estimateBytes } from '../../src/wire/pack/size.ts';
import { census } from '../census.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';

census();

describe('estimateBytes', () => {
  it('is about the length of texts and buffers, at any place near the top', () => {
    const text = 'x'.repeat(100_000);
    for (const value of [
      text,
      Buffer.from(text),
      new ArrayBuffer(100_000),
      { text },
      [[text]],
      new Map([[1, text]]),
      new Set([text]),
    ]) {
      const bytes = estimateBytes(value);
      assert.ok(bytes >= 100_000 && bytes < 101_000, `${bytes}`);
    }
  });

  it('is next to nothing for shared memory, which no message carries', () => {
    const memory = new SharedArrayBuffer(100_000);
    for (const value of [memory, new Uint8Array(memory), { pixels: new Float64Array(memory) }])
      assert.ok(estimateBytes(value) < 100);
  });

  it('counts all of many by some of them', () => {
    const rows = Array.from({ length: 1000 }, () => ({ text: 'x'.repeat(1000) }));
    const bytes = estimateBytes(rows);
    assert.ok(bytes > 1_000_000 && bytes < 1_200_000, `${bytes}`);
  });

  it('never throws, and never says nothing', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const getter = {
      get broken(): never {
        throw new Error('no');
      },
    };
    for (const value of [proxy, getter, [getter], new Set([proxy])]) assert.ok(estimateBytes(value) > 0);
    assertProperty(
      fc.property(fc.anything({ withMap: true, withSet: true, withTypedArray: true }), (value) => {
        const bytes = estimateBytes(value);
        return Number.isFinite(bytes) && bytes >= 0;
      }),
      { numRuns: sample(200, 2000), seed: 7 },
    );
  });

  it('comes to an end in a circle', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    assert.ok(estimateBytes(circle) > 0);
  });
});
