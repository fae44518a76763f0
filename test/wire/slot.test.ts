import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  claimItems,
  countBegun,
  countClaimed,
  isAborted,
  isTakenBack,
  isWithdrawn,
  type SlotRow,
  markAborted,
  openRow,
  PHASE_IDLE,
  PHASE_LOADING,
  readPhase,
  readPlace,
  setPhase,
  type Slots,
  startItem,
  takeBack,
  withdraw,
} from '../../src/wire/slots/slot.ts';
import { SharedSlots } from '../../src/wire/slots/shared-slots.ts';
import { census } from '../census.ts';
import { makeNumbers } from '../harness/numbers.ts';

census();

function beginItem(slots: Slots, row: SlotRow, offset: number): boolean {
  if (claimItems(slots, row, offset, offset + 1) === offset) return false;
  startItem(slots, row, offset);
  return true;
}

/** Slots that call back around each operation. */
function watch(slots: Slots, callback: () => void): Slots {
  const around = <T>(operation: () => T): T => {
    callback();
    const value = operation();
    callback();
    return value;
  };
  return {
    load: (cell) => around(() => slots.load(cell)),
    store: (cell, value) => around(() => slots.store(cell, value)),
    note: (cell, value) => around(() => slots.note(cell, value)),
    notePair: (cell, value, next) => around(() => slots.notePair(cell, value, next)),
    noteThree: (cell, value, next, last) => around(() => slots.noteThree(cell, value, next, last)),
    glance: (cell) => around(() => slots.glance(cell)),
    readNote: (cell) => slots.readNote(cell),
  };
}

describe('a row', () => {
  it('lets each item begin once, in turn', () => {
    const slots = new SharedSlots();
    openRow(slots, 0, 3);
    assert.deepEqual(
      [0, 1, 2, 3].map((offset) => beginItem(slots, 0, offset)),
      [true, true, true, false],
    );
    assert.equal(countBegun(slots, 0), 3);
  });

  it('gives back what has not begun', () => {
    const slots = new SharedSlots();
    openRow(slots, 1, 10);
    beginItem(slots, 1, 0);
    beginItem(slots, 1, 1);
    assert.equal(takeBack(slots, 1, 6), 6);
    assert.equal(beginItem(slots, 1, 2), true);
    assert.equal(takeBack(slots, 1, 0), 3, 'what has begun stays');
    assert.equal(beginItem(slots, 1, 3), false);
    assert.equal(takeBack(slots, 1, 8), 3, 'what was taken back stays so');
  });

  it('lets several items be claimed at once, as far as they are there', () => {
    const slots = new SharedSlots();
    openRow(slots, 0, 10);
    assert.equal(claimItems(slots, 0, 0, 4), 4);
    assert.equal(takeBack(slots, 0, 2), 4, 'what was claimed stays, though it has not begun');
    assert.equal(countClaimed(slots, 0), 4);
    assert.equal(countBegun(slots, 0), 0);
    openRow(slots, 0, 10);
    assert.equal(claimItems(slots, 0, 0, 4), 4);
    assert.equal(takeBack(slots, 0, 6), 6);
    assert.equal(claimItems(slots, 0, 4, 8), 6, 'the rest was taken back');
    assert.equal(claimItems(slots, 0, 6, 8), 6);
  });

  it('is taken back when all was before it began', () => {
    const slots = new SharedSlots();
    openRow(slots, 0, 4);
    assert.equal(isTakenBack(slots, 0), false);
    assert.equal(takeBack(slots, 0, 0), 0);
    assert.equal(isTakenBack(slots, 0), true);
    assert.equal(beginItem(slots, 0, 0), false);
    assert.equal(countBegun(slots, 0), 0);
  });

  it('is withdrawn by a word of its own only', () => {
    const slots = new SharedSlots();
    openRow(slots, 0, 1);
    beginItem(slots, 0, 0);
    // What main does with a block that has begun, stopped between any two of its steps.
    const seen: boolean[] = [];
    const watched = watch(slots, () => seen.push(isWithdrawn(slots, 0) || isAborted(slots, 0)));
    assert.equal(takeBack(watched, 0, 0), 1);
    assert.deepEqual(new Set(seen), new Set([false]));
    withdraw(slots, 0);
    assert.equal(isWithdrawn(slots, 0), true);
    assert.equal(isAborted(slots, 0), true, 'also the current item');
    openRow(slots, 0, 1);
    assert.equal(isWithdrawn(slots, 0), false);
  });

  it('starts anew for the next chunk, and does not touch the other', () => {
    const slots = new SharedSlots();
    openRow(slots, 0, 2);
    openRow(slots, 1, 5);
    beginItem(slots, 0, 0);
    markAborted(slots, 0, 1, 0);
    assert.equal(isAborted(slots, 0), true);
    assert.equal(isAborted(slots, 1), false);
    assert.equal(countBegun(slots, 1), 0);
    openRow(slots, 0, 2);
    assert.equal(countBegun(slots, 0), 0);
    assert.equal(isAborted(slots, 0), false);
  });

  it('aborts the current item only', () => {
    const slots = new SharedSlots();
    openRow(slots, 0, 3);
    markAborted(slots, 0, 0, 0);
    assert.equal(isAborted(slots, 0), false, 'nothing has begun');
    beginItem(slots, 0, 0);
    markAborted(slots, 0, 1, 0);
    assert.equal(isAborted(slots, 0), true);
    beginItem(slots, 0, 1);
    assert.equal(isAborted(slots, 0), false);
  });

  it('spares the item that the worker went on to while main made up its mind', () => {
    const slots = new SharedSlots();
    openRow(slots, 0, 3);
    beginItem(slots, 0, 0);
    const begun = countBegun(slots, 0);
    const { beat } = readPlace(slots, 0);
    beginItem(slots, 0, 1);
    markAborted(slots, 0, begun, beat);
    assert.equal(isAborted(slots, 0), false);
  });
});

describe('the phase', () => {
  it('is idle until it is set', () => {
    const slots = new SharedSlots();
    assert.equal(readPhase(slots), PHASE_IDLE);
    setPhase(slots, PHASE_LOADING);
    assert.equal(readPhase(slots), PHASE_LOADING);
  });
});

describe('two threads that begin and take back at once', () => {
  const worker = new Worker(new URL('../fixtures/slot-worker.js', import.meta.url));
  after(() => worker.terminate());

  it('agree on every item: begun, or taken back', async () => {
    const rounds = 2000;
    const lengths = makeNumbers(rounds, 11).map((number) => 1 + (number % 40));
    const takes = makeNumbers(rounds, 12);
    const slots = new SharedSlots();
    // The round that may start, and the number of items that the worker began in it (plus one).
    const control = new Int32Array(new SharedArrayBuffer(8));
    worker.postMessage({ cells: slots.cells, control, lengths });
    const done = once(worker, 'message');
    for (let round = 0; round < rounds; round++) {
      const count = lengths[round] as number;
      openRow(slots, 0, count);
      Atomics.store(control, 1, 0);
      Atomics.store(control, 0, round + 1);
      Atomics.notify(control, 0);
      let end = count;
      // Takes back in several steps, as an idle worker's steals and then an abort would.
      let random = takes[round] as number;
      for (let pause = random % 200; pause > 0; pause--) Atomics.load(control, 1);
      while (end > 0 && Atomics.load(control, 1) === 0) {
        random = (Math.imul(random, 48271) + 1) >>> 0;
        const next = takeBack(slots, 0, Math.max(0, end - 1 - (random % 4)));
        assert.ok(next <= end, `round ${round}: the end rose from ${end} to ${next}`);
        if (next === end) break;
        end = next;
      }
      let begun = Atomics.load(control, 1);
      while (begun === 0) begun = Atomics.load(control, 1);
      assert.equal(begun - 1, end, `round ${round} of ${count} items`);
      assert.equal(countBegun(slots, 0), end);
    }
    assert.deepEqual(await done, ['done']);
  });
});
