import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { KeyIndex } from '../../src/wire/keys/key-index.ts';
import { KeyTable } from '../../src/wire/keys/key-table.ts';
import { sample } from '../harness/long.ts';
import { assertProperty } from '../harness/random.ts';
import { ChunkKeys } from '../../workers/chain/collect/chunk-keys.ts';

const key = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('', 'a', 'b', 'ab', 'ü', '🧵', '\ud83e', '\uddf5', '\ufffd', '1', 'null'),
  },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  { weight: 2, arbitrary: fc.constantFrom(1, -0, 0, NaN, 1n, 0n, true, false, null, undefined, Infinity) },
  { weight: 1, arbitrary: fc.nat(400).map((n) => 'long '.repeat(n)) },
);

describe('the keys of a fold', () => {
  it('are numbered in the order in which they come, whatever they are', () => {
    const property = fc.property(
      fc.array(fc.array(key, { maxLength: 60 }), { maxLength: 6 }),
      fc.integer(),
      (chunks, seed) => {
        const index = new KeyIndex();
        const keys = new ChunkKeys(seed | 0);
        const expected = new Map<unknown, number>();
        for (const chunk of chunks) {
          const inChunk = new Map<unknown, number>();
          for (const each of chunk) {
            if (!expected.has(each)) expected.set(each, expected.size);
            const number = keys.add(each);
            if (inChunk.has(each)) assert.equal(number, inChunk.get(each));
            inChunk.set(each, number);
          }
          const { texts } = keys;
          const placed = index.place([structuredClone(keys.copy())])[0] as Int32Array;
          keys.clear();
          for (const [each, number] of inChunk) {
            const at = number < 0 ? texts + ~number : number;
            assert.equal(placed[at], expected.get(each));
          }
        }
        assert.deepEqual(index.list(), [...expected.keys()]);
      },
    );
    assertProperty(property, { numRuns: sample(150, 4000), seed: 11 });
  });

  it('are told apart where their hashes are the same', () => {
    const table = new KeyTable(7);
    const expected = new Map<string, number>();
    for (let n = 0; n < sample(120_000, 300_000); n++) {
      const text = `key ${Math.imul(n, 0x9e3779b1) >>> 0}`;
      expected.set(text, expected.size);
      table.add(text);
    }
    const { hashes } = table.copy();
    assert.ok(new Set(hashes).size < expected.size, 'some hashes are the same');
    assert.equal(table.size, expected.size);
    let wrong = 0;
    for (const [text, number] of expected)
      if (table.add(text) !== number || table.read(number) !== text) wrong++;
    assert.equal(wrong, 0);
  });

  it('keep their numbers where there are more of them, or longer ones, than are held as texts', () => {
    const texts = Array.from({ length: 3000 }, (_, n) =>
      n % 50 === 0 ? `${n} is long `.repeat(3) : `key ${n}`,
    );
    const keys = new ChunkKeys(5);
    for (const most of [3000, 20, 1024, 1025]) {
      for (let turn = 0; turn < 2; turn++) {
        for (let at = 0; at < most; at++) assert.equal(keys.add(texts[at]), at);
      }
      assert.equal(keys.texts, most);
      assert.equal(keys.add('ü'), most);
      keys.remove('ü', most);
      assert.equal(keys.add('another'), most);
      keys.clear();
    }
  });

  it('can be taken back one by one, and are forgotten together', () => {
    const property = fc.property(fc.array(fc.tuple(key, fc.boolean()), { maxLength: 200 }), (steps) => {
      const keys = new ChunkKeys(3);
      for (let round = 0; round < 2; round++) {
        const expected = new Set<unknown>();
        for (const [each, isKept] of steps) {
          const isNew = !expected.has(each);
          const number = keys.add(each);
          if (isNew && !isKept) keys.remove(each, number);
          else expected.add(each);
          assert.equal(keys.texts + keys.others, expected.size);
        }
        const index = new KeyIndex();
        index.place([keys.copy()]);
        assert.deepEqual(
          index.list(),
          [...expected].map((each) => (Object.is(each, -0) ? 0 : each)),
        );
        keys.clear();
        assert.equal(keys.texts + keys.others, 0);
      }
    });
    assertProperty(property, { numRuns: sample(80, 2000), seed: 12 });
  });
});
