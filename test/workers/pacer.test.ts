import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pacer } from '../../workers/item/pacer.ts';
import { census } from '../census.ts';

census();

describe('Pacer', () => {
  it('looks at the clock ever less often while items are short', () => {
    const pacer = new Pacer();
    for (let looks = 0; looks < 1000 && pacer.stride === 1; looks++) pacer.isOver();
    assert.ok(pacer.stride > 1);
  });

  it('ends a chunk that takes long', () => {
    const pacer = new Pacer();
    let looks = 0;
    while (!pacer.isOver()) looks++;
    assert.ok(looks > 0);
  });
});
