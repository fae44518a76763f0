import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AsyncSource } from '../../../src/flow/source/async-source.ts';
import { NOTHING } from '../../../src/flow/source/source.ts';

describe('an asynchronous source', () => {
  it('tells nobody of what was there already', async () => {
    async function* count(): AsyncGenerator<number> {
      for (let n = 0; n < 10; n++) yield n;
    }
    const source = new AsyncSource(count());
    source.readAhead = 4;
    const taken: unknown[] = [];
    let depth = 0;
    let deepest = 0;
    // Nobody asks while it fills up.
    source.onReady(() => {});
    assert.equal(source.next(), NOTHING);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    // As a stage does that is told: it asks for what there is.
    source.onReady(() => {
      deepest = Math.max(deepest, ++depth);
      if (depth < 50) taken.push(source.next());
      depth--;
    });
    taken.push(source.next());
    assert.equal(deepest, 0);
    assert.deepEqual(taken, [0]);
    await source.close();
  });
});
