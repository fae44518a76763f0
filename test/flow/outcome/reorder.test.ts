import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Reorder } from '../../../src/flow/outcome/reorder.ts';
import { type Segment, sliceSegment } from '../../../src/flow/outcome/segment.ts';
import { census } from '../../census.ts';
import { sample } from '../../harness/long.ts';
import { assertProperty } from '../../harness/random.ts';

census();

function makeSegment(index: number, length: number): Segment {
  const values = Array.from({ length }, (_, at) => index + at);
  return { index, values, outcomes: undefined, attempt: 1, bytes: length * 8, isSole: true };
}

describe('Reorder', () => {
  it('delivers every position once and in order, however segments come', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 30 });
    assertProperty(
      fc.property(lengths, fc.infiniteStream(fc.nat()), (sizes, random) => {
        let next = 0;
        const segments = sizes.map((length) => makeSegment((next += length) - length, length));
        const shuffled = segments
          .map((segment) => ({ segment, place: random.next().value as number }))
          .sort((a, b) => a.place - b.place);
        const delivered: unknown[] = [];
        const reorder = new Reorder(({ values }) => void delivered.push(...Array.from(values)));
        for (const { segment } of shuffled) {
          reorder.put(segment);
          assert.equal(delivered.length, reorder.next);
        }
        assert.deepEqual(
          delivered,
          Array.from({ length: next }, (_, position) => position),
        );
        assert.equal(reorder.heldBytes, 0);
      }),
      { numRuns: sample(200, 2000), seed: 8 },
    );
  });

  it('says what it holds back', () => {
    const reorder = new Reorder(() => {});
    reorder.put(makeSegment(3, 2));
    assert.equal(reorder.heldBytes, 16);
    reorder.put(makeSegment(0, 3));
    assert.equal(reorder.heldBytes, 0);
    assert.equal(reorder.next, 5);
  });
});

describe('sliceSegment', () => {
  it('takes the outcomes of its part along', () => {
    const segment: Segment = {
      ...makeSegment(10, 5),
      outcomes: new Map([
        [1, { kind: 'skipped' }],
        [3, { kind: 'stopped' }],
      ]),
    };
    const part = sliceSegment(segment, 2, 5);
    assert.equal(part.index, 12);
    assert.deepEqual(part.values, [12, 13, 14]);
    assert.deepEqual([...(part.outcomes ?? [])], [[1, { kind: 'stopped' }]]);
    assert.equal(sliceSegment(segment, 4, 5).outcomes, undefined);
  });

  it('takes a part of numbers without turning them into something else', () => {
    const numbers: Segment = { ...makeSegment(0, 0), values: Float64Array.of(1, 2, 3) };
    assert.deepEqual(sliceSegment(numbers, 1, 2).values, Float64Array.of(2));
  });
});
