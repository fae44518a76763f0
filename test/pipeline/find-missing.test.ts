import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FedBlock } from '../../src/pipeline/cpu/blocks/fed-block.ts';
import { findMissing } from '../../src/pipeline/cpu/blocks/find-missing.ts';
import type { Segment } from '../../src/flow/outcome/segment.ts';
import { DECODING, type Payload, type StageFailure } from '../../src/wire/message/payload.ts';

const block = {
  bytes: new Uint8Array(100),
  offset: 400,
  file: 'rows.csv',
  without: [],
} as unknown as FedBlock;

function answer(payload: Partial<Payload>, outcomes?: Segment['outcomes']): Segment {
  const collected = { kind: 'folded', state: { kind: 'values', values: [0] }, count: 0 } as const;
  const counts = {
    entered: [10],
    retried: [0],
    skipped: 0,
    records: 10,
    lines: 10,
    decoded: 100,
    isCut: false,
    delay: 0,
  };
  return {
    index: 0,
    values: { length: 1 },
    outcomes,
    attempt: 1,
    bytes: 0,
    isSole: false,
    payload: { collected, dropped: [], ...counts, ...payload },
  };
}

const failure = (stage: number, reason: StageFailure['reason']): StageFailure => ({
  at: 0,
  stage,
  attempts: 1,
  reason,
  thrown: undefined as never,
  path: undefined,
  record: undefined,
});

describe('the answer to a block', () => {
  it('is whole when it was read to its end', () => {
    assert.equal(findMissing(answer({}), block), undefined);
  });

  it('is not when it was read in part, and nothing says why', () => {
    const partly = answer({ decoded: 60, records: 6, entered: [6] });
    assert.match(
      findMissing(partly, block) ?? '',
      /block at byte 400 of rows.csv was read up to byte 60 of 100/,
    );
    const stopped = new Map([[0, { kind: 'expanded', stopped: true } as const]]);
    assert.equal(findMissing({ ...partly, outcomes: stopped }, block), undefined);
    assert.equal(findMissing(partly, { ...block, endsAt: 6 }), undefined);
  });

  it('accounts for each of its records', () => {
    assert.match(findMissing(answer({ entered: [9] }), block) ?? '', /10 items .* and 9 did/);
    const dropped = [failure(DECODING, 'malformed'), failure(0, 'lost'), failure(0, 'thrown')];
    assert.equal(findMissing(answer({ entered: [8], dropped }), block), undefined);
  });
});

describe('the answer to items', () => {
  it('accounts for each of them', () => {
    assert.equal(findMissing({ ...answer({}), values: { length: 10 } }, undefined), undefined);
    assert.match(
      findMissing({ ...answer({}), values: { length: 11 } }, undefined) ?? '',
      /11 items .* and 10 did/,
    );
  });
});
