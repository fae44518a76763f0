import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  CloneError,
  type ItemError,
  TaskTimeoutError,
  WorkerError,
} from '../../../src/errors/item-errors.ts';
import { type Chunk, indexOf } from '../../../src/flow/chunk/chunk.ts';
import { Failures } from '../../../src/flow/failure/failures.ts';
import { Recovery } from '../../../src/flow/failure/recovery.ts';
import type { SessionEnd } from '../../../src/flow/hosts/host.ts';
import { RunCounts } from '../../../src/flow/outcome/run-counts.ts';
import type { LostStage, SentChunk } from '../../../src/flow/work/work.ts';
import { census } from '../../census.ts';
import { sample } from '../../harness/long.ts';
import { assertProperty } from '../../harness/random.ts';

census();

const CRASH: SessionEnd = { kind: 'crash', thrown: new Error('it crashed') };
const EXIT: SessionEnd = { kind: 'exit', exitCode: 3 };
const TERMINATED: SessionEnd = { kind: 'terminated' };

/** A recovery with a run that notes what it is told; `retries` says of which items a further try is made. */
function openRecovery(retries: ReadonlySet<number> = new Set()): {
  readonly recovery: Recovery;
  readonly counts: RunCounts;
  readonly back: Chunk[];
  readonly settled: Map<number, ItemError>;
  readonly retried: number[];
} {
  const back: Chunk[] = [];
  const settled = new Map<number, ItemError>();
  const retried: number[] = [];
  const counts = new RunCounts({ count: 0, add: () => {}, name: () => '' });
  const failures = new Failures({ callSite: {}, limitOf: () => 100 });
  const recovery = new Recovery(failures, counts, {
    giveBack: (chunk) => void (chunk.items.length > 0 && back.push(chunk)),
    settle: ({ index }, error) => {
      assert.ok(!settled.has(index), `item ${index} is settled twice`);
      settled.set(index, error);
    },
    retry: (sent, at) => {
      const index = indexOf(sent.chunk, at);
      if (!retries.has(index)) return false;
      retried.push(index);
      return true;
    },
  });
  return { recovery, counts, back, settled, retried };
}

function makeChunk(index: number, items: readonly unknown[]): Chunk {
  return { index, items, attempt: 1, losses: 0, isSole: true };
}

function send(chunk: Chunk, more: Partial<SentChunk> = {}): SentChunk {
  return {
    chunk,
    end: chunk.items.length,
    transferred: undefined,
    late: new Set(),
    place: undefined,
    ...more,
  } as SentChunk;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

function listPositions(chunks: readonly Chunk[]): number[] {
  return chunks.flatMap((chunk) => range(chunk.items.length).map((at) => indexOf(chunk, at)));
}

describe('Recovery, when a worker dies', () => {
  it('sends each item of its chunk one way: back, to another try, or to its end', () => {
    const stages: fc.Arbitrary<LostStage> = fc.oneof(
      fc.constantFrom<LostStage>('queued', 'waiting', 'loading', 'blocked'),
      fc.nat({ max: 11 }),
      fc.record({ ran: fc.nat({ max: 11 }) }),
      fc.record({ spared: fc.nat({ max: 11 }) }),
      fc.record({ unheard: fc.nat({ max: 11 }) }),
    );
    const ends = fc.constantFrom<SessionEnd>(CRASH, EXIT, TERMINATED, { kind: 'suspended' });
    const places = fc.uniqueArray(fc.nat({ max: 11 }), { maxLength: 4 });
    assertProperty(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        stages,
        ends,
        places,
        fc.option(places, { nil: undefined }),
        places,
        fc.integer({ min: 1, max: 7 }),
        (count, stage, end, late, transferred, retries, times) => {
          const { recovery, back, settled, retried } = openRecovery(new Set(retries));
          const stageOf = typeof stage === 'number' ? Math.min(stage, count - 1) : stage;
          const chunks = range(times).map((turn) => makeChunk(turn * 100, range(count)));
          for (const chunk of chunks) {
            const sent = send(chunk, {
              late: new Set(late.filter((at) => at < count)),
              transferred: transferred && new Set(transferred.filter((at) => at < count)),
            });
            recovery.afterLoss(sent, end, stageOf);
          }
          const all = [...listPositions(back), ...settled.keys(), ...retried].sort((a, b) => a - b);
          assert.deepEqual(all, listPositions(chunks));
        },
      ),
      { numRuns: sample(500, 5000), seed: 43 },
    );
  });

  it('blames the item that the worker was on, and runs the others again', () => {
    const { recovery, counts, back, settled } = openRecovery();
    recovery.afterLoss(send(makeChunk(10, range(5))), EXIT, 2);
    assert.deepEqual([...settled.keys()], [12]);
    const error = settled.get(12);
    assert.ok(error instanceof WorkerError);
    assert.deepEqual([error.reason, error.exitCode, error.index], ['exit', 3, 12]);
    assert.deepEqual(listPositions(back), [10, 11, 13, 14]);
    assert.equal(counts.repeated, 2);
  });

  it('fails the items past their time, and not the next one that the stopped worker had come to', () => {
    const { recovery, back, settled } = openRecovery();
    recovery.afterLoss(send(makeChunk(0, range(4)), { late: new Set([1]) }), TERMINATED, 2);
    assert.ok(settled.get(1) instanceof TaskTimeoutError);
    assert.deepEqual(listPositions(back), [0, 2, 3]);
  });

  it('does not give back what others have taken over', () => {
    const { recovery, back } = openRecovery();
    recovery.afterLoss(send(makeChunk(0, range(9)), { end: 4 }), CRASH, 'queued');
    assert.deepEqual(listPositions(back), [0, 1, 2, 3]);
  });

  it('runs again what was answered and not heard, but not for ever', () => {
    const { recovery, counts, back, settled } = openRecovery();
    recovery.afterLoss(send(makeChunk(10, range(2))), EXIT, { unheard: 2 });
    assert.deepEqual([listPositions(back), settled.size, counts.repeated], [[10, 11], 0, 2]);
    let losses = 1;
    for (; settled.size < 2 && losses < 20; losses++) {
      const chunk = back.shift() as Chunk;
      recovery.afterLoss(send(chunk), EXIT, { unheard: chunk.items.length });
    }
    assert.deepEqual([settled.has(10), settled.has(11), back.length], [true, true, 0]);
  });

  it('takes a chunk apart that no worker survives to begin, and gives an item up that is alone', () => {
    const { recovery, back, settled } = openRecovery();
    let chunk = makeChunk(0, range(2));
    for (let turn = 0; turn < 2; turn++) {
      recovery.afterLoss(send(chunk), CRASH, 'waiting');
      chunk = back.shift() as Chunk;
      assert.deepEqual([chunk.items.length, chunk.losses], [2, turn + 1]);
    }
    recovery.afterLoss(send(chunk), CRASH, 'waiting');
    assert.deepEqual(listPositions(back), [0, 1]);
    let alone = back.shift() as Chunk;
    for (let turn = 0; turn < 2; turn++) {
      recovery.afterLoss(send(alone), CRASH, 'waiting');
      alone = back.pop() ?? alone;
    }
    assert.deepEqual([...settled.keys()], [0]);
  });

  it('takes the second death in loading for the task, whose items all fail', () => {
    const { recovery, back, settled } = openRecovery();
    recovery.afterLoss(send(makeChunk(0, range(2))), CRASH, 'loading');
    assert.deepEqual([listPositions(back), recovery.isDead], [[0, 1], false]);
    recovery.afterLoss(send(makeChunk(2, range(2))), CRASH, 'loading');
    assert.deepEqual([[...settled.keys()], recovery.isDead], [[2, 3], true]);
    assert.ok(recovery.failIfDead(makeChunk(4, range(1))));
    assert.match(String(settled.get(4)?.message), /the task could not be loaded/);
  });

  it('counts workers that are held up in a row, and begins anew when items have run', () => {
    const { recovery, back, settled } = openRecovery();
    const lose = (): void => recovery.afterLoss(send(makeChunk(0, ['alone'])), TERMINATED, 'blocked');
    for (let turn = 0; turn < 5; turn++) lose();
    recovery.noteProgress();
    for (let turn = 0; turn < 5; turn++) lose();
    assert.deepEqual([back.length, settled.size], [10, 0]);
    lose();
    assert.match(String(settled.get(0)?.cause), /did not begin what they were sent/);
  });
});

describe('Recovery, when a message does not cross', () => {
  it('fails the item at fault by its path, and sends the others again', () => {
    const { recovery, back, settled } = openRecovery();
    recovery.afterClone(makeChunk(0, ['a', { run: () => {} }, 'c']), new Error('could not be cloned'));
    const error = settled.get(1);
    assert.ok(error instanceof CloneError);
    assert.equal(error.path, 'item.run');
    assert.deepEqual(listPositions(back), [0, 2]);
  });

  it('sends each item by itself where none is at fault alone', () => {
    const { recovery, back, settled } = openRecovery();
    recovery.afterClone(makeChunk(0, ['a', 'b']), new Error('out of memory'));
    assert.deepEqual([settled.size, back.map(({ items }) => items)], [0, [['a'], ['b']]]);
  });

  it('blames the only item of an answer that cannot be read, and repeats those of a longer one', () => {
    const { recovery, counts, back, settled } = openRecovery();
    recovery.afterUnreadable(send(makeChunk(0, ['a', 'b'])), new Error('no'));
    assert.deepEqual([settled.size, back.length, counts.repeated], [0, 2, 2]);
    recovery.afterUnreadable(send(makeChunk(5, ['e'])), new Error('no'));
    assert.ok(settled.get(5) instanceof CloneError);
  });
});
