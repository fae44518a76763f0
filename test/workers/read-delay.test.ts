import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDelay } from '../../workers/chain/blocks/read-delay.ts';
import { census } from '../census.ts';

census();

describe('readDelay', () => {
  it('gives a number that never falls, and leaves no file open', () => {
    let before = 0;
    for (let looks = 0; looks < 100; looks++) {
      const delay = readDelay();
      assert.ok(delay >= before, `${delay} after ${before}`);
      before = delay;
    }
    if (process.platform !== 'linux') assert.equal(before, 0);
  });
});
