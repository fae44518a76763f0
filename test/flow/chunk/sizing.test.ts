import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LARGEST_MESSAGE, Sizer, TARGET } from '../../../src/flow/chunk/sizing.ts';
import { census } from '../../census.ts';

census();

/** Lets a sizer see chunks of items that each take the same time and bytes, as many as it asks for. */
function settle(sizer: Sizer, time: number, bytes: number): number {
  let count = 0;
  for (let chunk = 0; chunk < 20; chunk++) {
    count = sizer.chooseCount(undefined, 6);
    sizer.learn(count, count, count * time, count * bytes);
  }
  return count;
}

describe('a chunk', () => {
  it('has one item as long as nothing is known', () => {
    assert.equal(new Sizer().chooseCount(1_000_000, 6), 1);
    assert.equal(new Sizer().service, undefined);
  });

  it('aims at the same time for short items and long ones', () => {
    assert.equal(settle(new Sizer(), 1 / 128, 8), TARGET * 128);
    assert.equal(settle(new Sizer(), 1, 8), TARGET);
    assert.equal(settle(new Sizer(), 100, 8), 1);
  });

  it('carries no more bytes than one message should', () => {
    assert.equal(settle(new Sizer(), 0.0001, LARGEST_MESSAGE / 4), 4);
    assert.equal(settle(new Sizer(), 0.0001, LARGEST_MESSAGE * 2), 1);
  });

  it('grows step by step', () => {
    const sizer = new Sizer();
    sizer.learn(1, 1, 0.0001, 8);
    assert.ok(sizer.chooseCount(undefined, 6) <= 16);
  });

  it('shrinks at the known end, so that all workers end together', () => {
    const sizer = new Sizer();
    settle(sizer, 1, 8);
    assert.equal(sizer.chooseCount(1000, 6), TARGET);
    assert.equal(sizer.chooseCount(12, 6), 2);
    assert.equal(sizer.chooseCount(1, 6), 1);
  });

  it('follows items that become slower', () => {
    const sizer = new Sizer();
    settle(sizer, 0.01, 8);
    assert.ok(settle(sizer, 1, 8) <= TARGET + 1);
  });

  it('has the size that the user chose, whatever was learned', () => {
    const sizer = new Sizer(7);
    settle(sizer, 100, LARGEST_MESSAGE);
    assert.equal(sizer.chooseCount(1, 6), 7);
  });

  it('starts larger when an earlier run is known', () => {
    const sizer = new Sizer();
    sizer.seed(0.01);
    assert.ok(sizer.chooseCount(1_000_000, 6) > 100);
    // Idle workers go by it: what is not known is worth being taken over at once.
    assert.equal(sizer.itemTime, 0.01);
  });
});
