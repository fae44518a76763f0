import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TaskError } from '../../../src/errors/item-errors.ts';
import { type DeliveryPlan, Ledger } from '../../../src/flow/outcome/ledger.ts';
import type { Outcome, Segment } from '../../../src/flow/outcome/segment.ts';
import { RunCounts } from '../../../src/flow/outcome/run-counts.ts';
import { census } from '../../census.ts';
import { sample } from '../../harness/long.ts';
import { assertProperty } from '../../harness/random.ts';

census();

type Kind = 'value' | 'failed' | 'skipped' | 'stopped' | 'stops behind' | 'stage-failed';

const kinds: readonly Kind[] = [
  'value',
  'value',
  'failed',
  'skipped',
  'stopped',
  'stops behind',
  'stage-failed',
];

function errorOf(index: number): TaskError {
  return new TaskError(`Item ${index} failed`, { index, attempts: 1 });
}

function outcomeOf(kind: Kind, index: number): Outcome | undefined {
  switch (kind) {
    case 'value':
      return undefined;
    case 'failed':
      return { kind, error: errorOf(index) };
    case 'skipped':
    case 'stopped':
      return { kind };
    case 'stops behind':
      return { kind: 'expanded', stopped: true };
    case 'stage-failed':
      return { kind, failure: { stage: 0, kind: 'thrown' } as never };
  }
}

function openLedger(plan: Partial<DeliveryPlan> = {}): {
  readonly ledger: Ledger;
  readonly counts: RunCounts;
  readonly delivered: unknown[];
} {
  const delivered: unknown[] = [];
  const counts = new RunCounts({ count: 0, add: () => {}, name: () => '' });
  const receiver = { deliver: ({ values }: Segment) => void delivered.push(...Array.from(values)) };
  const ledger = new Ledger(
    { isOrdered: true, onFailure: 'reject-in-turn', first: 0, receiver, listeners: [], ...plan },
    counts,
  );
  return { ledger, counts, delivered };
}

/** Finds where a loop over the outcomes would end, and with which failure. */
function endPlainly(outcomes: readonly Kind[]): {
  readonly end: number;
  readonly failed: number | undefined;
} {
  for (const [at, kind] of outcomes.entries()) {
    if (kind === 'failed') return { end: at, failed: at };
    if (kind === 'stopped') return { end: at, failed: undefined };
    if (kind === 'stops behind' || kind === 'stage-failed') return { end: at + 1, failed: undefined };
  }
  return { end: outcomes.length, failed: undefined };
}

/** The outcomes of consecutive items, cut into segments of some sizes. */
function cutSegments(outcomes: readonly Kind[], sizes: Iterator<number>): Segment[] {
  const segments: Segment[] = [];
  for (let index = 0; index < outcomes.length;) {
    const part = outcomes.slice(index, index + 1 + ((sizes.next().value as number) % 4));
    const special = new Map<number, Outcome>();
    for (const [at, kind] of part.entries()) {
      const outcome = outcomeOf(kind, index + at);
      if (outcome !== undefined) special.set(at, outcome);
    }
    const values = part.map((_, at) => index + at);
    segments.push({
      index,
      values,
      outcomes: special.size > 0 ? special : undefined,
      attempt: 1,
      bytes: 0,
      isSole: true,
    });
    index += part.length;
  }
  return segments;
}

describe('Ledger', () => {
  it('ends where a loop would, and with the same failure, in whatever order outcomes come', () => {
    const kind = fc.constantFrom(...kinds);
    assertProperty(
      fc.property(fc.array(kind, { maxLength: 16 }), fc.infiniteStream(fc.nat()), (outcomes, random) => {
        const { ledger, counts, delivered } = openLedger();
        const segments = cutSegments(outcomes, random)
          .map((segment) => ({ segment, place: random.next().value as number }))
          .sort((a, b) => a.place - b.place);
        for (const { segment } of segments) ledger.put(segment);
        const { end, failed } = endPlainly(outcomes);
        assert.deepEqual(
          delivered,
          Array.from({ length: end }, (_, at) => at),
        );
        assert.equal((ledger.haltFailure?.reason as TaskError | undefined)?.index, failed);
        assert.equal(
          ledger.isHalted,
          outcomes.some((each) => each !== 'value' && each !== 'skipped'),
        );
        assert.equal(ledger.settled, outcomes.length);
        assert.equal(ledger.findDifference(outcomes.length), undefined);
        assert.deepEqual(
          [counts.items, counts.skipped],
          [outcomes.length, outcomes.filter((each) => each === 'skipped').length],
        );
      }),
      { numRuns: sample(1000, 10_000), seed: 41 },
    );
  });

  it('rejects at once where a failure is to do so, and delivers nothing more', () => {
    const { ledger, delivered } = openLedger({ onFailure: 'reject' });
    ledger.putOutcome(5, { kind: 'failed', error: errorOf(5) }, 1);
    assert.equal((ledger.rejection?.reason as TaskError | undefined)?.index, 5);
    ledger.put({ index: 0, values: [0], outcomes: undefined, attempt: 1, bytes: 0, isSole: true });
    assert.deepEqual(delivered, []);
  });

  it('goes on behind failures that are outcomes', () => {
    const { ledger, counts, delivered } = openLedger({ onFailure: 'keep' });
    ledger.putOutcome(0, { kind: 'failed', error: errorOf(0) }, 1);
    ledger.put({ index: 1, values: ['next'], outcomes: undefined, attempt: 1, bytes: 0, isSole: true });
    assert.deepEqual(delivered, [undefined, 'next']);
    assert.equal(counts.failed, 1);
    assert.equal(ledger.isHalted, false);
  });

  it('delivers as outcomes come where no order is asked for', () => {
    const { ledger, delivered } = openLedger({ isOrdered: false });
    for (const index of [2, 0, 1])
      ledger.put({ index, values: [index], outcomes: undefined, attempt: 1, bytes: 0, isSole: true });
    assert.deepEqual(delivered, [2, 0, 1]);
  });

  it('puts in a chunk but for the items that are tried again, consecutive or not', () => {
    const { ledger, delivered } = openLedger({ isOrdered: false });
    const chunk = { attempt: 1, losses: 0, isSole: true, items: ['a', 'b', 'c', 'd'] };
    ledger.putChunk({ ...chunk, index: 10 }, [10, 11, 12, 13], new Map(), new Set([0, 2]), 8);
    assert.deepEqual(delivered, [11, 13]);
    const outcomes = new Map<number, Outcome>([[3, { kind: 'skipped' }]]);
    ledger.putChunk(
      { ...chunk, index: Float64Array.of(7, 3, 9, 1) },
      [7, 3, 9, 1],
      outcomes,
      new Set([1]),
      8,
    );
    assert.deepEqual(delivered, [11, 13, 7, 9, 1]);
    assert.equal(ledger.settled, 5);
  });

  it('counts outcomes of an earlier run as such', () => {
    const { ledger, counts } = openLedger({ first: 3 });
    ledger.putKnown({ index: 3, values: [3, 4], outcomes: undefined, attempt: 1, bytes: 0, isSole: true });
    assert.deepEqual([counts.resumed, ledger.settled, ledger.findDifference(5)], [2, 5, undefined]);
  });

  it('says when outcomes are missing, and when one came twice in the place of another', () => {
    const short = openLedger().ledger;
    short.put({ index: 0, values: [0], outcomes: undefined, attempt: 1, bytes: 0, isSole: true });
    assert.match(String(short.findDifference(2)), /2 items were sent, and 1 outcomes came/);
    const twice = openLedger({ isOrdered: false }).ledger;
    for (const index of [0, 0])
      twice.put({ index, values: [0], outcomes: undefined, attempt: 1, bytes: 0, isSole: true });
    assert.match(String(twice.findDifference(2)), /came twice/);
  });
});
